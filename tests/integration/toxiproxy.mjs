// What npm's toxiproxy-node-client does to a control at argv[2], in front of a broker at argv[3]: a line of JSON a step.
import net from "node:net";
import { Toxiproxy } from "toxiproxy-node-client";

const [api, upstream] = process.argv.slice(2);
const CONNECT = Buffer.from("\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01n", "latin1");

const say = (step, said) => console.log(JSON.stringify({ step, said }));
const refused = (promise) => promise.then(() => "", (error) => error.message);

/** Milliseconds until the broker has answered, or why it did not. */
const greet = (listen) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const socket = net.connect(Number(listen.split(":")[1]), "127.0.0.1", () => socket.write(CONNECT));
    socket.once("data", () => socket.destroy() && resolve(performance.now() - begun));
    socket.once("error", (error) => resolve(error.code));
    socket.once("end", () => resolve("end"));
  });

const toxiproxy = new Toxiproxy(api);
say("version", JSON.parse(await toxiproxy.getVersion()));

const proxy = await toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream });
say("created", proxy.toJson());
say("listed", Object.keys(await toxiproxy.getAll()));
say("got", (await toxiproxy.get("node")).toJson());
say("calm", await greet(proxy.listen));

const toxic = await proxy.addToxic({ type: "latency", attributes: { latency: 300, jitter: 0 } });
say("added", toxic.toJson());
say("late", await greet(proxy.listen));
toxic.attributes = { latency: 600, jitter: 0 };
say("updated", (await toxic.update(toxic.toJson())).toJson());
say("later", await greet(proxy.listen));
say("got toxic", (await proxy.getToxic("latency_downstream")).toJson());
await toxic.remove();
const times = [await greet(proxy.listen)];
while (times.at(-1) >= 300 && times.length < 20) times.push(await greet(proxy.listen));
say("removed", times);

await proxy.addToxic({ type: "reset_peer", stream: "upstream", name: "gone", toxicity: 1, attributes: { timeout: 0 } });
say("reset peer", await greet(proxy.listen));
say("disabled", (await proxy.update({ ...proxy.toJson(), enabled: false })).toJson());
say("refused", await greet(proxy.listen));
await toxiproxy.reset();
say("reset", (await toxiproxy.get("node")).toJson());
say("calm again", await greet(proxy.listen));

const populated = await toxiproxy.populate([
  { name: "node", listen: proxy.listen, upstream },
  { name: "more", listen: "127.0.0.1:0", upstream },
]);
say("populated", Object.values(populated).map((each) => each.toJson()));
say("elsewhere", await refused(toxiproxy.createProxy({ name: "x", listen: "127.0.0.1:0", upstream: "192.0.2.1:1883" })));
say("everywhere", await refused(toxiproxy.createProxy({ name: "x", listen: "0.0.0.0:0", upstream })));
say("twice", await refused(toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream })));
await populated.more.remove();
await proxy.remove();
say("gone", await refused(toxiproxy.get("node")));
say("left", Object.keys(await toxiproxy.getAll()));
