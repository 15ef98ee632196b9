// Holds the official npm package `openai` to the calls of tools: node tools.mjs BASE_URL MODEL
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "not-needed", maxRetries: 0 });
const messages = [{ role: "user", content: "Weather in Pune and Rome?" }];
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }];

function assertCalls(choice) {
  assert.equal(choice.finish_reason, "tool_calls");
  assert.equal(choice.message.content, "I look.");
  const cities = choice.message.tool_calls.map((call) => JSON.parse(call.function.arguments).city);
  assert.deepEqual(cities, ["Pune", "Rome"]);
}

const whole = await client.chat.completions.create({ model, messages, tools });
assertCalls(whole.choices[0]);
assert.equal(whole.choices[0].message.reasoning_content, "Pune and Rome.");
console.log("ok a whole answer has its calls");

const streamed = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
assertCalls(streamed.choices[0]);
console.log("ok a stream has its calls");
