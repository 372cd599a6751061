import Foundation
import GuidelineStore
import Platform
import Testing

/// Processes that end before they are done: killed, interrupted, or with nobody left to read what they print.
@Suite("Interruptions")
struct InterruptionTests {
    /// How many builds are killed; more where the environment says so.
    static let kills = ProcessInfo.processInfo.environment["FINGERPOST_CRASH_BUILDS"].flatMap(Int.init) ?? 8

    @Test("Builds killed at any moment lose nothing that was acknowledged")
    func killedBuilds() throws {
        let place = try Workspace()
        // What a build of this size takes here, start to end.
        let clock = ContinuousClock()
        let trial = try Workspace()
        let whole = try clock.measure { try trial.build(150) }
        var generator = SplitMix64(seed: UInt64(Self.kills))
        var acknowledged: Set<String> = []
        var counts = (killed: 0, acknowledged: 0)
        let size = 150
        for round in 0..<Self.kills {
            let range = (round * size)..<((round + 1) * size)
            let corpus = try place.write(Workspace.rules(range), to: "part-\(round).jsonl")
            let process = try RunningProcess(
                Program.executable, ["build", corpus, "-l", place.library, "--encoder", place.encoder, "--json"])
            process.closeInput()
            usleep(UInt32(Double.random(in: 0...1.2, using: &generator) * (whole / .microseconds(1))))
            process.signal(SIGKILL)
            let result = process.wait()
            if result.status == -SIGKILL { counts.killed += 1 }
            if result.log.contains("\"event\":\"committed\"") {
                counts.acknowledged += 1
                acknowledged.formUnion(range.map { "g\($0)" })
            }
            guard FileManager.default.fileExists(atPath: place.library + "/library.sqlite") else {
                #expect(acknowledged.isEmpty, "a library that was acknowledged is gone")
                continue
            }
            // Before anything else opens it: sound as it was left.
            let verified = try Program.run(["verify", "-l", place.library, "--json"])
            #expect(verified.status == 0, "round \(round): \(verified)")
            let database = try LibraryDatabase.open(at: URL(fileURLWithPath: place.library), mode: .readOnly)
            let stored = Set(try database.ids())
            try database.close()
            #expect(
                acknowledged.isSubset(of: stored), "round \(round): \(acknowledged.subtracting(stored).count) are lost")
            // All of a build is there or none of it.
            #expect(stored.count.isMultiple(of: size), "round \(round): \(stored.count) stored")
            let search = try Program.run(["search", "lock", "-l", place.library, "--json"])
            #expect(search.status == 0, "round \(round): \(search)")
        }
        #expect(counts.killed > 0, "no build was killed")

        // The next build completes everything.
        let corpus = try place.write(Workspace.rules(0..<(Self.kills * size)), to: "all.jsonl")
        let last = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder, "--json"])
        #expect(last.status == 0, "\(last)")
        let report = try last.json()
        #expect(report["guidelines"] as? Int == Self.kills * size && report["indexed"] as? Int == Self.kills * size * 2)
        let verified = try Program.run(["verify", "-l", place.library, "--json"])
        #expect(verified.status == 0, "\(verified)")
        #expect(try verified.json()["pending"] as? Int == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: place.library).filter { $0.contains(".tmp-") }
        #expect(left.isEmpty, "files that killed builds left were not cleared: \(left)")
    }

    @Test("An interrupted build prints no half of a result and leaves no temporary file")
    func interruptedBuild() throws {
        let place = try Workspace()
        let corpus = try place.write(Workspace.rules(0..<2_000), to: "rules.jsonl")
        let process = try RunningProcess(
            Program.executable, ["build", corpus, "-l", place.library, "--encoder", place.encoder, "--json"])
        process.closeInput()
        usleep(400_000)
        process.signal(SIGTERM)
        let result = process.wait()
        #expect(result.status == -SIGTERM && result.output.isEmpty, "\(result)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.library)) ?? []
        #expect(!names.contains { $0.contains(".tmp-") }, "\(names)")
        #expect(try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder]).status == 0)
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("An interrupted search for duplicates leaves the output that was there, or all of the new one")
    func interruptedDeduplication() throws {
        let place = try Workspace()
        let corpus = try place.write(Workspace.rules(0..<1_500), to: "rules.jsonl")
        let output = place.path("distinct.jsonl")
        let arguments = ["dedup", corpus, "--output", output, "--tiers", "exact,fuzzy"]
        let clock = ContinuousClock()
        var result = try Program.run(arguments)
        let whole = try clock.measure { result = try Program.run(arguments) }
        #expect(result.status == 0, "\(result)")
        let complete = try Data(contentsOf: URL(fileURLWithPath: output))
        var generator = SplitMix64(seed: 5)
        for round in 0..<6 {
            let before = Data("what was there\n".utf8)
            try before.write(to: URL(fileURLWithPath: output))
            let process = try RunningProcess(Program.executable, arguments)
            process.closeInput()
            usleep(UInt32(Double.random(in: 0.05...1.1, using: &generator) * (whole / .microseconds(1))))
            process.signal(SIGINT)
            let result = process.wait()
            #expect(
                result.status == 0 || result.status == -SIGINT || (result.status != 0 && result.output.isEmpty),
                "round \(round): \(result)")
            let left = try Data(contentsOf: URL(fileURLWithPath: output))
            #expect(left == before || left == complete, "round \(round): half an output of \(left.count) bytes")
            #expect(result.status != 0 || left == complete, "round \(round)")
            let names = try FileManager.default.contentsOfDirectory(
                atPath: URL(fileURLWithPath: output).deletingLastPathComponent().path)
            #expect(!names.contains { $0.contains(".tmp-") }, "round \(round): \(names)")
        }
    }

    @Test("An interrupted merge is whole or has not happened")
    func interruptedMerge() throws {
        var generator = SplitMix64(seed: 6)
        let place = try Workspace()
        // Each says what another one says, but for its last word.
        let rules = (0..<300).map {
            #"{"id":"g\#($0)","text":"Never tell the code of door \#($0 / 2) to \#($0 % 2)."}"#
        }
        let corpus = try place.write(rules.joined(separator: "\n"), to: "rules.jsonl")
        let built = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        let plan = place.path("plan.jsonl")
        let planned = try Program.run([
            "dedup", "-l", place.library, "--plan", plan, "--tiers", "fuzzy", "--fuzzy", "0.9",
        ])
        try #require(planned.status == 0, "\(planned)")
        let expected = try #require(
            try Program.run([
                "dedup", "-l", place.library, "--plan", plan, "--tiers", "fuzzy", "--fuzzy", "0.9", "--json",
            ])
            .json()["duplicates"] as? Int)
        try #require(expected > 0)
        let original = place.library + ".original"
        try FileManager.default.copyItem(atPath: place.library, toPath: original)
        let clock = ContinuousClock()
        var applied = built
        let whole = try clock.measure { applied = try Program.run(["dedup", "-l", place.library, "--apply", plan]) }
        #expect(applied.status == 0, "\(applied)")
        for round in 0..<6 {
            try FileManager.default.removeItem(atPath: place.library)
            try FileManager.default.copyItem(atPath: original, toPath: place.library)
            let process = try RunningProcess(Program.executable, ["dedup", "-l", place.library, "--apply", plan])
            process.closeInput()
            usleep(UInt32(Double.random(in: 0.05...1.1, using: &generator) * (whole / .microseconds(1))))
            process.signal(SIGINT)
            let result = process.wait()
            let info = try Program.run(["info", "-l", place.library, "--json"]).json()
            let retired = (info["byStatus"] as? [String: Int])?["retired"] ?? 0
            #expect(retired == 0 || retired == expected, "round \(round): \(retired) of \(expected) retired")
            #expect(result.status != 0 || retired == expected, "round \(round)")
            #expect(try Program.run(["verify", "-l", place.library]).status == 0, "round \(round)")
        }
    }

    @Test("An interrupted batch ends between two lines", arguments: [SIGINT, SIGTERM])
    func interruptedBatch(number: Int32) throws {
        let place = try Workspace()
        try place.build(20)
        let process = try RunningProcess(Program.executable, ["search", "--batch", "-", "-l", place.library])
        process.send(String(repeating: "{\"query\":\"pick the lock\"}\n", count: 300))
        #expect(process.waitForLines(1))
        process.signal(number)
        usleep(300_000)
        process.closeInput()
        let result = process.wait()
        // A signal that our parent ignores is ignored by the command too, which then ends with its input.
        #expect(result.status == -number || (result.status == 0 && Self.isIgnored(number)), "\(result)")
        #expect(result.output.hasSuffix("\n"))
        for line in result.lines { _ = try JSONValueReader.object(line) }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        #if canImport(Darwin)
        return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
        #else
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        #endif
    }

    @Test("A reader that goes away ends the command quietly")
    func closedPipe() throws {
        let place = try Workspace()
        try place.build(20)
        let result = try Program.shell(
            """
            yes '{"query":"pick the lock"}' 2>/dev/null | head -n 20000 2>/dev/null \\
              | { "$FINGERPOST" search --batch - -l '\(place.library)'; echo "status $?" >&2; } | head -n 1
            """)
        #expect(result.lines.count == 1, "\(result)")
        #expect(result.log == "status 0\n", "\(result)")
        let help = try Program.shell("{ \"$FINGERPOST\" --help; echo \"status $?\" >&2; } | true")
        #expect(help.log == "status 0\n", "\(help)")
    }
}
