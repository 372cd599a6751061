import Foundation
import Testing

@Suite("The command prompt")
struct PromptCommandTests {
    @Test("A block for an input, a conversation with it, JSON, and what is cut")
    func prompt() throws {
        let place = try Workspace()
        try place.build(20)
        let plain = try Program.run(["prompt", "pick the lock of my house", "-l", place.library, "-k", "2"])
        #expect(plain.status == 0 && plain.log.isEmpty, "\(plain)")
        #expect(plain.lines.count == 4 && plain.lines.first?.hasPrefix("####Here are some") == true)
        #expect(plain.lines.last == "####")

        let chat = try place.write(
            #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"pick the lock of my house"}]}"#,
            to: "chat.json")
        let guided = try Program.run(["prompt", "--chat", chat, "-l", place.library, "-k", "2"]).json()
        let messages = try #require(guided["messages"] as? [[String: String]])
        #expect(guided["model"] as? String == "m" && messages.count == 2)
        let block = plain.lines.joined(separator: "\n")
        #expect(messages[0]["content"] == "Be brief.\n\n" + block)

        let template = try place.write("{each}{number}:{id} {/each}", to: "template.txt")
        let json = try Program.run([
            "prompt", "pick the lock of my house", "-l", place.library, "-k", "3", "--template", template, "--budget",
            "3",
            "--json",
        ]).json()
        #expect(
            Set(json.keys) == ["query", "prompt", "guidelines", "cut", "tokens", "counter", "chat", "retrieval"])
        let kept = try #require(json["guidelines"] as? [String])
        let cut = try #require(json["cut"] as? [[String: Any]])
        #expect(kept.count + cut.count == 3 && !cut.isEmpty && (json["tokens"] as? Int ?? 9) <= 3)
        #expect(json["prompt"] as? String == kept.enumerated().map { "\($0 + 1):\($1) " }.joined())

        let none = try Program.run(["prompt", "pick poison", "-l", place.library, "--min-score", "0.999"])
        #expect(none.status == 0 && none.output.isEmpty && none.log.contains("no guideline applies"))
    }

    @Test("Bad input is an error with its place")
    func faults() throws {
        let place = try Workspace()
        try place.build(5)
        let bad = try place.write("{\"messages\":\n[}", to: "bad.json")
        for (arguments, text) in [
            (["prompt"], "Give an input"), (["prompt", "x", "--chat", "y"], "not both"), (["prompt", " "], "empty"),
            (["prompt", "x", "--budget", "0"], "--budget is 0"), (["prompt", "--chat", bad], "bad.json:2"),
            (["prompt", "--chat", place.path("none.json")], "none.json"),
            (["prompt", "x", "--template", bad], "no {each}"),
            (["prompt", "x", "--filter", "severity >"], "severity >"),
            (["prompt", "x", "--diverse", "2"], "--diverse is 2"),
        ] {
            let result = try Program.run(arguments + ["-l", place.library])
            #expect(result.status == 2 && result.output.isEmpty && result.log.contains(text), "\(arguments): \(result)")
        }
    }
}
