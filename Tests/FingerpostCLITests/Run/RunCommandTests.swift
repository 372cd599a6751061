import Foundation
import Platform
import Testing

/// The verb `run`, as a program of another language sees it.
@Suite("The command run")
struct RunCommandTests {
    private func objects(_ result: RunResult) throws -> [[String: Any]] {
        try result.lines.map { try JSONValueReader.object($0) }
    }

    @Test("Answers are those of search and prompt, in order, with ids; faults do not end it")
    func answers() throws {
        let place = try Workspace()
        try place.build(30)
        let input = """
            {"id":1,"query":"pick the lock","k":2}
            nonsense

            {"id":"two","query":"pick the lock","what":1}
            {"id":3.5,"messages":[{"role":"user","content":"pick the lock"}],"k":2}
            {"op":"ping"}
            {"op":"info","id":6}
            \(String(repeating: "x", count: (16 << 20) + 1))
            {"id":9,"query":"lock","filter":"tag = none"}
            """
        let result = try Program.run(["run", "-l", place.library], input: input)
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let answers = try objects(result)
        #expect(answers.count == 8)
        let search = try Program.run(["search", "pick the lock", "-l", place.library, "-k", "2", "--json"])
        #expect(result.lines[0] == #"{"id":1,"# + search.output.dropFirst().dropLast())
        let errors = answers.compactMap { $0["error"] as? [String: Any] }
        #expect(errors.map { $0["line"] as? Int } == [2, 4, 8])
        #expect(errors.map { $0["code"] as? String } == ["syntax", "unknown_field", "too_long"])
        #expect(answers[1]["id"] == nil && answers[2]["id"] as? String == "two")
        #expect(answers[3]["id"] as? Double == 3.5 && (answers[3]["guidelines"] as? [String])?.count == 2)
        #expect(answers[4]["pong"] as? Bool == true && answers[4]["id"] == nil)
        #expect(answers[5]["id"] as? Int == 6 && answers[5]["guidelines"] as? Int == 30)
        #expect((answers[7]["matches"] as? [Any])?.isEmpty == true)
    }

    @Test("Checks are those of check, are logged before they are answered, and see the guidelines that were added")
    func checks() throws {
        let place = try Workspace()
        try place.build(3)
        let input = """
            {"id":1,"op":"check","text":"card 4111 1111 1111 1111","conversation":"c9"}
            {"id":2,"op":"check","text":"poison in the food"}
            {"op":"add","guidelines":[{"id":"p","text":"poison in the food","threshold":0.5}]}
            {"id":4,"op":"check","text":"poison in the food","rail":"output","model":"small"}
            {"id":5,"op":"check"}
            """
        let result = try Program.run(
            ["run", "-l", place.library, "--log", "--on-match", "deny", "--filter", "id = p"], input: input)
        #expect(result.status == 0, "\(result)")
        let answers = try objects(result)
        #expect(answers.compactMap { $0["verdict"] as? String } == ["modify", "allow", "deny"], "\(result)")
        #expect(answers[0]["text"] as? String == "card **** **** **** ****" && answers[0]["id"] as? Int == 1)
        #expect(answers[3]["text"] is NSNull)
        #expect((answers[4]["error"] as? [String: Any])?["code"] as? String == "invalid_field")
        let log = try Program.run(["log", "show", "-l", place.library, "--json"])
        #expect(log.lines.count == 9 && !log.output.contains("4111"), "\(log)")
        #expect(log.output.contains(#""model":"small""#) && log.output.contains("c9"))
        #expect(try Program.run(["run", "-l", place.library, "--keep-text"], input: "").status == 2)
    }

    @Test("10,000 requests are answered as search --batch answers them, byte for byte")
    func manyRequests() throws {
        let place = try Workspace()
        try place.build(40)
        var generator = SplitMix64(seed: 5)
        let input: String = (0..<10_000).map { number -> String in
            // Short ones and long ones, so that they take unlike times.
            let words = (0..<(number % 50 == 0 ? 200 : 3)).map { _ in
                TinyEncoder.words.randomElement(using: &generator) ?? "lock"
            }
            return "{\"id\":\"\(number)\",\"query\":\"\(words.joined(separator: " "))\"}\n"
        }.joined()
        let file = try place.write(input, to: "queries.jsonl")
        let batch = try Program.run(["search", "--batch", file, "-l", place.library])
        let piped = try Program.shell("\"$FINGERPOST\" run -l '\(place.library)' --threads 4 < '\(file)'")
        #expect(piped.status == 0 && batch.status == 0 && batch.lines.count == 10_000)
        #expect(piped.output == batch.output)
    }

    @Test("An answer follows its line at once, and a write is seen by what is behind it alone")
    func writes() throws {
        let place = try Workspace()
        try place.build(10)
        let process = try RunningProcess(Program.executable, ["run", "-l", place.library, "--threads", "4"])
        process.send("{\"op\":\"ping\"}\n")
        #expect(process.waitForLines(1))
        var input = ""
        for round in 0..<20 {
            let count = "{\"op\":\"info\",\"id\":\"\(round)\"}\n"
            input += count
            input +=
                "{\"op\":\"add\",\"guidelines\":[{\"id\":\"new\(round)\",\"text\":\"poison water \(round) zero\"}]}\n"
                + count
            if round % 2 == 1 { input += "{\"op\":\"remove\",\"ids\":[\"new\(round)\",\"none\"]}\n" + count }
        }
        process.send(input)
        process.closeInput()
        let result = process.wait()
        #expect(result.status == 0, "\(result)")
        var expected = 10
        var added = 0
        for answer in try objects(result).dropFirst() {
            if let ids = answer["added"] as? [String] {
                expected += ids.count
                added += ids.count
            } else if let ids = answer["removed"] as? [String] {
                expected -= ids.count
                #expect(ids.count == 1 && answer["missing"] as? [String] == ["none"])
            } else {
                #expect(answer["guidelines"] as? Int == expected, "\(answer)")
            }
        }
        #expect(added == 20 && expected == 20)
        let verified = try Program.run(["verify", "-l", place.library])
        #expect(verified.status == 0, "\(verified)")
        let refused = try Program.run(
            ["run", "--read-only", "-l", place.library],
            input: "{\"op\":\"remove\",\"ids\":[\"g1\"]}\n{\"op\":\"ping\"}")
        #expect(refused.status == 0 && refused.lines.count == 2 && refused.lines[0].contains("\"error\""), "\(refused)")
    }

    @Test("Signals end it once what was read is answered", arguments: [SIGINT, SIGTERM])
    func signals(number: Int32) throws {
        let place = try Workspace()
        try place.build(10)
        let process = try RunningProcess(Program.executable, ["run", "-l", place.library])
        process.send((0..<50).map { "{\"id\":\($0),\"query\":\"pick the lock\"}\n" }.joined() + "{\"query\":\"ha")
        #expect(process.waitForLines(1))
        process.signal(number)
        // Where our parent ignores the signal, so does the command, which then ends with its input.
        usleep(500_000)
        process.closeInput()
        let result = process.wait()
        #expect(result.status == 0, "\(result)")
        let answers = try objects(result)
        #expect(answers.prefix(50).map { $0["id"] as? Int } == (0..<50).map(Optional.some), "\(result)")
    }

    @Test("Of what nobody reads the answers, no more is read than there is room for")
    func backPressure() throws {
        let place = try Workspace()
        try place.build(10)
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = Program.executable
        process.arguments = ["run", "-l", place.library]
        process.standardInput = input
        process.standardOutput = output
        for handle in [input.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        try process.run()
        let descriptor = input.fileHandleForWriting.fileDescriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        // Long lines, so that what pipes and buffers hold is a small part of what is on offer.
        let line = Array(("{\"query\":\"" + String(repeating: "lock ", count: 200) + "\"}\n").utf8)
        var count = 0
        var offset = 0
        var refusals = 0
        // Two seconds without room for a byte, or four times what there may be room for.
        while refusals < 200, count < 4_000 {
            let written = line[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                refusals = 0
                offset += written
                if offset == line.count { (offset, count) = (0, count + 1) }
            } else {
                refusals += 1
                usleep(10_000)
            }
        }
        // 256 in flight and three buffers of 64 KiB: two pipes and what is read at once.
        #expect((1..<1_000).contains(count), "\(count) lines went in")
        // A whole last line, and everything is answered once somebody reads.
        let answers = Locked(0)
        let done = DispatchSemaphore(value: 0)
        let reader = output.fileHandleForReading
        Thread.detachNewThread {
            while case let data = reader.availableData, !data.isEmpty {
                answers.withLock { $0 += data.count { $0 == 0x0A } }
            }
            done.signal()
        }
        _ = fcntl(descriptor, F_SETFL, 0)
        if offset > 0 {
            try input.fileHandleForWriting.write(contentsOf: Data(line[offset...]))
            count += 1
        }
        try input.fileHandleForWriting.close()
        #expect(done.wait(timeout: .now() + 120) == .success)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && answers.withLock { $0 } == count)
    }

    @Test("A reader that goes away ends it quietly")
    func closedPipe() throws {
        let place = try Workspace()
        try place.build(10)
        let result = try Program.shell(
            """
            yes '{"query":"pick the lock"}' 2>/dev/null | head -n 20000 2>/dev/null \\
              | { "$FINGERPOST" run -l '\(place.library)'; echo "status $?" >&2; } | head -n 1
            """)
        #expect(result.lines.count == 1 && result.log == "status 0\n", "\(result)")
    }

    @Test("A library that is not there is an error of the whole")
    func noLibrary() throws {
        let place = try Workspace()
        let result = try Program.run(["run", "-l", place.path("none")], input: "{\"op\":\"ping\"}")
        #expect(result.status == 2 && result.output.isEmpty && result.log.contains("none"), "\(result)")
    }
}
