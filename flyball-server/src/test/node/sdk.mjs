// Holds the official npm package `openai` to a Flyball server: node sdk.mjs BASE_URL MODEL
// Prints a line for each thing that holds; ends with status 1 at the first that does not.
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "not-needed", maxRetries: 0 });
const messages = [{ role: "user", content: "Tell me a fable about a fox." }];

async function holds(what, check) {
  await check();
  console.log("ok " + what);
}

await holds("models are listed", async () => {
  const ids = [];
  for await (const entry of client.models.list()) ids.push(entry.id);
  assert.ok(ids.includes(model));
  assert.equal((await client.models.retrieve(model)).id, model);
});

await holds("a chat is answered", async () => {
  const answer = await client.chat.completions.create({ model, messages, max_completion_tokens: 12, temperature: 0 });
  assert.equal(answer.choices[0].message.role, "assistant");
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.equal(answer.usage.completion_tokens, 12);
  assert.equal(answer._request_id, answer.id);
});

await holds("a streamed chat says the same, with its usage at the end", async () => {
  const whole = await client.chat.completions.create({ model, messages, max_completion_tokens: 12, temperature: 0 });
  const stream = await client.chat.completions.create({
    model, messages, max_completion_tokens: 12, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  let text = "";
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(usage, whole.usage);
});

await holds("the stream helper assembles a message", async () => {
  const final = await client.chat.completions.stream({ model, messages, max_completion_tokens: 8 }).finalChatCompletion();
  assert.ok(final.choices[0].message.content.length > 0);
});

await holds("a text is completed, several at once too", async () => {
  const answer = await client.completions.create({ model, prompt: ["Once upon a time", "There was"], max_tokens: 4, logprobs: 2 });
  assert.equal(answer.choices.length, 2);
  assert.equal(answer.choices[1].index, 1);
  assert.equal(answer.choices[0].logprobs.tokens.length, 4);
});

await holds("embeddings come as numbers, through base64 by default", async () => {
  const answer = await client.embeddings.create({ model, input: ["a fox", "a crow"] });
  const plain = await client.embeddings.create({ model, input: ["a fox", "a crow"], encoding_format: "float" });
  assert.equal(answer.data.length, 2);
  assert.equal(answer.data[0].embedding.length, plain.data[0].embedding.length);
  answer.data[0].embedding.forEach((x, i) => assert.ok(Math.abs(x - plain.data[0].embedding[i]) < 1e-6));
});

await holds("errors have their types", async () => {
  await assert.rejects(client.chat.completions.create({ model: "nobody", messages }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ model, messages, temperature: "hot" }), (e) => {
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.equal(e.param, "temperature");
    return true;
  });
  await assert.rejects(
    client.completions.create({ model, prompt: "word ".repeat(3000) }), (e) => e.code === "context_length_exceeded");
});

await holds("an aborted stream ends", async () => {
  const stream = await client.chat.completions.create({ model, messages, max_completion_tokens: 400, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.content) break;
  }
  assert.ok(stream.controller.signal.aborted);
});
