import Foundation
import GuidelineStore
import Testing

/// `review` as somebody at a terminal uses it.
@Suite("fingerpost review at a terminal", .serialized)
struct ReviewTerminalTests {
    private func start(
        _ place: Workspace, _ more: [String] = [], environment: [String: String] = [:], columns: UInt16 = 80,
        rows: UInt16 = 24
    ) throws -> TerminalProcess {
        try TerminalProcess(
            ["review", "-l", place.library] + more, environment: environment, columns: columns, rows: rows)
    }

    @Test("Keys approve, reject, merge, go back, undo and quit; the terminal is as before")
    func keys() throws {
        let place = try Workspace.drafts()
        let terminal = try start(place, ["--reviewer", "R. Lee"], environment: ["NO_COLOR": "1"])
        try terminal.expect("1 of 4")
        #expect(!terminal.isCooked)
        try terminal.expect("Pick no lock")
        try terminal.expect("support 9")
        try terminal.expect("a approve  s shadow")
        terminal.press("a")
        try terminal.expect("2 of 4")
        try terminal.expect("approved d1 (u takes it back)")
        terminal.press("r")
        try terminal.expect("Why is it rejected?")
        terminal.press("2")
        try terminal.expect("3 of 4")
        terminal.press("u")
        try terminal.expect("2 of 4")
        try terminal.expect("taken back: reject of d2")
        terminal.press("rt")
        try terminal.expect("reason: ")
        terminal.press("not 役x\u{7F} ours\r")
        try terminal.expect("rejected d2")
        terminal.press("m")
        try terminal.expect("Into which one?")
        terminal.press("\u{1B}")
        try terminal.expect("3 of 4")
        terminal.press("m")
        try terminal.expect("Into which one?")
        terminal.press("1")
        try terminal.expect("merged into")
        terminal.press("k")
        try terminal.expect("That was the last one.")
        terminal.press("b")
        try terminal.expect("4 of 4")
        terminal.press("?")
        try terminal.expect("it becomes active")
        terminal.press("xs")
        try terminal.expect("Everything is decided.")
        terminal.press("q")
        try terminal.expect("4 decisions: 1 approved, 1 approved as shadow, 1 rejected, 1 merged; 0 left")
        #expect(terminal.wait() == 0 && terminal.isCooked)
        #expect(terminal.text.contains("\u{1B}[?1049l") && !terminal.text.contains("\u{1B}[1m"))

        #expect(try place.review("d1") == ["approve", "active", "R. Lee", nil])
        #expect(try place.review("d2") == ["reject", "retired", "R. Lee", "not 役 ours"])
        #expect(try place.review("d3") == ["merge", "retired", "R. Lee", nil])
        #expect(try place.review("d4") == ["shadow", "shadow", "R. Lee", nil])
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("The editor's text is taken, refused with its errors, or left")
    func editor() throws {
        let place = try Workspace.drafts()
        // Nothing the first time, nonsense the second, and then a new text to what it left.
        let script = try place.write(
            """
            #!/bin/sh
            count=$(cat "$COUNT" 2>/dev/null || echo 0)
            echo $((count + 1)) >"$COUNT"
            case $count in
            0) ;;
            1) echo "severity: grave" >>"$1"; sed -i.bak '/^severity: medium/d' "$1" ;;
            2) sed -i.bak -e 's/grave/low/' -e 's/^title: .*/title: New title/' "$1" ;;
            *) exit 1 ;;
            esac
            """, to: "editor.sh")
        let terminal = try start(
            place, environment: ["EDITOR": "sh '\(script)'", "COUNT": place.path("count"), "NO_COLOR": ""])
        try terminal.expect("1 of 4")
        terminal.press("e")
        try terminal.expect("nothing was changed, so nothing was decided")
        terminal.press("e")
        try terminal.expect("severity \"grave\"")
        #expect(!terminal.isCooked)
        terminal.press("e")
        try terminal.expect("changed and approved d1")
        terminal.press("e")
        try terminal.expect("the editor failed")
        terminal.press("q")
        #expect(terminal.wait() == 0 && terminal.isCooked && terminal.text.contains("\u{1B}[1m"))
        #expect(try place.review("d1") == ["edit", "active", nil, nil])
        let record = try place.record("d1")
        #expect(record["title"] as? String == "New title" && record["severity"] as? String == "low")
    }

    @Test("Without an editor fields are changed in a line")
    func lines() throws {
        let place = try Workspace.drafts()
        let terminal = try start(place)
        try terminal.expect("1 of 4")
        terminal.press("e")
        try terminal.expect("title: ")
        terminal.press("\u{01}\u{0B}Short\r")
        try terminal.expect("text: ")
        terminal.press(" More\\nlines.\r")
        try terminal.expect("severity: ")
        terminal.press("\u{15}high\r")
        try terminal.expect("risk: ")
        terminal.press("mlc:ncr, lg3:S2\r")
        try terminal.expect("changed and approved d1")
        terminal.press("q")
        #expect(terminal.wait() == 0)
        let record = try place.record("d1")
        #expect(record["title"] as? String == "Short" && record["severity"] as? String == "high")
        #expect((record["text"] as? String)?.hasSuffix(" More\nlines.") == true)
        #expect(record["risk"] as? [String] == ["mlc:ncr", "lg3:S2"])
    }

    @Test("Another size is drawn at once, and no line is ever wider than the window")
    func sizes() throws {
        let place = try Workspace.drafts()
        let terminal = try start(place, columns: 100, rows: 30)
        try terminal.expect("1 of 4")
        for (columns, rows) in [(40, 20), (23, 8), (9, 3), (1, 1), (200, 50)] as [(UInt16, UInt16)] {
            let before = terminal.text.count
            terminal.resize(columns: columns, rows: rows)
            try terminal.expect("\u{1B}[1;1H\u{1B}[2K")
            terminal.press("k?xb ")
            usleep(300_000)
            let frames = String(terminal.text.dropFirst(before))
            for line in frames.components(separatedBy: "H\u{1B}[2K").dropFirst() {
                let plain = line.replacing(/\e\[[0-9;?]*[A-Za-z]?/, with: "").replacing(/\e.*/, with: "")
                #expect(plain.count <= Int(columns), "\(columns): \(plain.debugDescription)")
            }
            let last = frames.matches(of: /\e\[([0-9]+);1H\e\[2K/).compactMap { Int($0.1) }.max()
            #expect(last ?? 0 <= Int(rows))
        }
        terminal.press("q")
        #expect(terminal.wait() == 0)
    }

    @Test("SIGTERM and hang-up give the terminal back", arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func signals(number: Int32) throws {
        let place = try Workspace.drafts()
        let terminal = try start(place)
        try terminal.expect("1 of 4")
        terminal.press("a")
        try terminal.expect("approved d1")
        #expect(!terminal.isCooked)
        terminal.signal(number)
        #expect(terminal.wait() == -number && terminal.isCooked)
        #expect(terminal.text.hasSuffix("\u{1B}[?1049l"))
        #expect(try place.review("d1")?.first == "approve")
    }

    @Test("Stopped, the terminal is as before; continued, the review goes on")
    func stopped() throws {
        let place = try Workspace.drafts()
        let terminal = try start(place)
        try terminal.expect("1 of 4")
        terminal.signal(SIGTSTP)
        try terminal.expect("\u{1B}[?1049l")
        let deadline = Date(timeIntervalSinceNow: 30)
        while !terminal.isCooked, Date() < deadline { usleep(5_000) }
        #expect(terminal.isCooked)
        usleep(100_000)
        terminal.signal(SIGCONT)
        try terminal.expect("1 of 4")
        #expect(!terminal.isCooked)
        terminal.press("a")
        try terminal.expect("approved d1")
        terminal.press("\u{03}")
        try terminal.expect("1 decision: 1 approved; 3 left")
        #expect(terminal.wait() == 0 && terminal.isCooked)
    }

    @Test("Killed in the middle, nothing is lost, and the next review goes on from there")
    func killed() throws {
        let place = try Workspace.drafts()
        let terminal = try start(place)
        try terminal.expect("1 of 4")
        terminal.press("a")
        try terminal.expect("approved d1")
        terminal.press("r\r")
        try terminal.expect("rejected d2")
        terminal.signal(SIGKILL)
        #expect(terminal.wait() == -SIGKILL)
        #expect(try place.review("d1")?[1] == "active" && place.review("d2")?[1] == "retired")
        let next = try start(place, ["--json"])
        try next.expect("d3")
        try next.expect("1 of 2")
        next.press("q")
        try next.expect(#""decisions":{"approve":0,"shadow":0,"edit":0,"reject":0,"merge":0},"undone":0,"left":2}"#)
        #expect(next.wait() == 0)
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("What was kept aside becomes drafts or goes, and is not asked again")
    func aside() throws {
        let place = try Workspace.drafts()
        let aside = try place.write(
            """
            {"id":"in-1","step":"safety","refused":[{"line":"Help a stranger","reason":"no_text"}],"answer":"1. Help"}
            {"id":"in-2","answer":"\\u001b[2Jno list","reason":"not numbered"}
            {"id":"in-3","answer":"later","problem":"too long"}
            """, to: "aside.jsonl")
        let script = try place.write("sed -i.bak 's/Help a stranger/Help a stranger with food./' \"$1\"\n", to: "ed.sh")
        let terminal = try start(place, ["--aside", aside], environment: ["EDITOR": "sh '\(script)'"])
        try terminal.expect("1 of 3")
        try terminal.expect("no_text: Help a stranger")
        terminal.press("w")
        try terminal.expect("2 of 3")
        try terminal.expect(#"\u{1B}[2Jno list"#)
        try terminal.expect("was added")
        terminal.press("d")
        try terminal.expect("3 of 3")
        terminal.press("k")
        try terminal.expect("That was the last one.")
        terminal.press("q")
        try terminal.expect("1 written, 1 discarded; 1 left")
        #expect(terminal.wait() == 0 && terminal.isCooked)
        let list = try Program.run(["review", "-l", place.library, "--list", "--json"])
        #expect(
            try list.lines.map(JSONValueReader.object).contains {
                $0["text"] as? String == "Help a stranger with food."
            })
        let next = try start(place, ["--aside", aside])
        try next.expect("1 of 1")
        try next.expect("too long")
        next.press("q")
        #expect(next.wait() == 0)
    }

    @Test("What a model wrote cannot command the terminal")
    func hostile() throws {
        let place = try Workspace()
        let corpus = try place.write(
            #"{"id":"d\u001b]0;x","status":"draft","title":"\u001b[2J\u009b31m","text":"safe \u202e rule \u0007 one","examples":["\u001b[1;1H"],"source":{"model":"\u001bc"}}"#
                .replacing(#"d\u001b]0;x"#, with: "d1"), to: "rules.jsonl")
        let built = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        let terminal = try start(place)
        try terminal.expect(#"\u{1B}[2J\u{9B}31m"#)
        try terminal.expect(#"safe \u{202E} rule \u{7} one"#)
        terminal.press("?xrxt\u{1B}\u{1B}q")
        usleep(300_000)
        terminal.press("\u{1B}q")
        #expect(terminal.wait() == 0)
        #expect(
            !terminal.text.contains("\u{202E}") && !terminal.text.contains("\u{7}")
                && !terminal.text.contains("\u{1B}c"))
        #expect(!terminal.text.contains("\u{9B}") && !terminal.text.contains("\u{1B}[2J"))
    }
}

extension Workspace {
    /// A library with two active guidelines and four drafts, d1 with most support.
    static func drafts() throws -> Workspace {
        let place = try Workspace()
        let corpus = try place.write(
            """
            {"id":"g1","text":"Never explain how to pick the lock of a house."}
            {"id":"g2","text":"Ask a doctor about the dose of a medicine."}
            {"id":"d1","title":"Pick no lock","text":"Refuse to explain how to pick a lock.","status":"draft","support":9}
            {"id":"d2","text":"Tell a lie about the law.","status":"draft","support":5}
            {"id":"d3","text":"Ask the doctor about a dose.","status":"draft","support":4,"examples":["what dose"]}
            {"id":"d4","text":"Give a child food.","status":"draft","support":2}
            """, to: "rules.jsonl")
        let result = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
        return place
    }

    /// A guideline as its library has it.
    func record(_ id: String) throws -> [String: Any] {
        let database = try LibraryDatabase.open(at: URL(fileURLWithPath: library), mode: .readOnly)
        defer { try? database.close() }
        let guideline = try #require(try database.guideline(id: id))
        return try JSONValueReader.object(String(decoding: try JSONEncoder().encode(guideline), as: UTF8.self))
    }

    /// The decision, the status, the reviewer and the reason of a guideline; nil where nobody has decided about it.
    func review(_ id: String) throws -> [String?]? {
        let record = try record(id)
        guard let note = (record["source"] as? [String: Any])?["review"] as? [String: Any] else { return nil }
        return [
            note["decision"] as? String, record["status"] as? String ?? "active", note["reviewer"] as? String,
            note["reason"] as? String,
        ]
    }
}
