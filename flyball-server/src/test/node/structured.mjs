// Holds the official npm package `openai` to answers in a form: node structured.mjs BASE_URL MODEL
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "not-needed", maxRetries: 0 });
const messages = [{ role: "user", content: "Describe a fox." }];
const parameters = {
  type: "object",
  properties: {
    kind: { type: "string", enum: ["fox", "crow"] },
    legs: { type: "integer", minimum: 2, maximum: 4 },
    friends: { type: "array", items: { $ref: "#/$defs/friend" }, minItems: 1, maxItems: 2 },
  },
  required: ["kind", "legs", "friends"],
  additionalProperties: false,
  $defs: { friend: { type: "object", properties: { name: { type: "string", maxLength: 12 } }, required: ["name"], additionalProperties: false } },
};
const form = {
  model, messages, temperature: 0.7, seed: 5, max_completion_tokens: 300,
  response_format: { type: "json_schema", json_schema: { name: "animal", strict: true, schema: parameters } },
};
const called = {
  model, messages, temperature: 0.7, seed: 5, max_completion_tokens: 300, parallel_tool_calls: false,
  tools: ["describe", "forget"].map((name) => ({ type: "function", function: { name, parameters } })),
  tool_choice: { type: "function", function: { name: "describe" } },
};

function assertAnimal(json) {
  const animal = JSON.parse(json);
  assert.deepEqual(Object.keys(animal), ["kind", "legs", "friends"]);
  assert.ok(["fox", "crow"].includes(animal.kind));
  assert.ok(Number.isInteger(animal.legs) && animal.legs >= 2 && animal.legs <= 4);
  assert.ok(animal.friends.length >= 1 && animal.friends.length <= 2);
  animal.friends.forEach((friend) => assert.ok([...friend.name].length <= 12));
  return animal;
}

function assertCall(choice) {
  assert.equal(choice.finish_reason, "tool_calls");
  assert.equal(choice.message.tool_calls.length, 1);
  assert.equal(choice.message.tool_calls[0].function.name, "describe");
  return assertAnimal(choice.message.tool_calls[0].function.arguments);
}

async function holds(what, check) {
  await check();
  console.log("ok " + what);
}

await holds("an answer follows its schema, streamed too", async () => {
  const whole = await client.chat.completions.create(form);
  assert.equal(whole.choices[0].finish_reason, "stop");
  const animal = assertAnimal(whole.choices[0].message.content);
  let text = "";
  for await (const chunk of await client.chat.completions.create({ ...form, stream: true })) {
    text += chunk.choices[0]?.delta?.content ?? "";
  }
  assert.deepEqual(assertAnimal(text), animal);
});

await holds("the stream helper parses while it arrives", async () => {
  const final = await client.chat.completions.stream(form).finalChatCompletion();
  assertAnimal(final.choices[0].message.content);
});

await holds("a call that is forced is a call of that function, streamed too", async () => {
  const animal = assertCall((await client.chat.completions.create(called)).choices[0]);
  const streamed = await client.chat.completions.stream(called).finalChatCompletion();
  assert.deepEqual(assertCall(streamed.choices[0]), animal);
});

await holds("one of the functions is called where a call is required", async () => {
  const answer = await client.chat.completions.create({ ...called, tool_choice: "required" });
  assert.ok(["describe", "forget"].includes(answer.choices[0].message.tool_calls[0].function.name));
});

await holds("a schema that cannot be is refused with its place", async () => {
  const wrong = { ...form, response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "object", properties: { a: { type: "color" } } } } } };
  await assert.rejects(client.chat.completions.create(wrong), (e) => {
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.match(e.message, /properties\/a/);
    return true;
  });
});
