// Counts what npm's @mcap/core finds in the recording at argv[2], with the zstd handler of @mcap/support.
import { open } from "node:fs/promises";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import { FileHandleReadable } from "@mcap/nodejs";
import { loadDecompressHandlers } from "@mcap/support";
import { readFile } from "node:fs/promises";

const say = (step, said) => console.log(JSON.stringify({ step, said }));
const file = await open(process.argv[2], "r");
const decompressHandlers = await loadDecompressHandlers();
const reader = await McapIndexedReader.Initialize({ readable: new FileHandleReadable(file), decompressHandlers });

const counts = {};
const bodies = [];
for await (const message of reader.readMessages()) {
  const { topic } = reader.channelsById.get(message.channelId);
  counts[topic] = (counts[topic] ?? 0) + 1;
  bodies.push([topic, message.sequence, new TextDecoder().decode(message.data)]);
}
say("counts", counts);
say("messages", Number(reader.statistics.messageCount));
say("bodies", bodies);

const metadata = {};
for await (const record of reader.readMetadata()) metadata[record.name] = Object.fromEntries(record.metadata);
say("metadata", metadata);
const attachments = {};
for await (const record of reader.readAttachments()) attachments[record.name] = new TextDecoder().decode(record.data);
say("attachments", attachments);
await file.close();

const stream = new McapStreamReader({ decompressHandlers, validateCrcs: true });
stream.append(await readFile(process.argv[2]));
let streamed = 0;
for (let record; (record = stream.nextRecord()); ) streamed += record.type === "Message";
say("streamed", streamed);
