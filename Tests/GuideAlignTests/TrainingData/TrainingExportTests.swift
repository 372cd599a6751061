import Foundation
import GuidelineStore
import Platform
import Testing

@testable import GuideAlign

@Suite("Answers as training data")
struct TrainingExportTests {
    private func options(_ formats: [TrainingFormat], _ change: (inout TrainingOptions) -> Void = { _ in })
        -> TrainingOptions
    {
        var options = TrainingOptions(formats: formats, createdBy: "test 1")
        change(&options)
        return options
    }

    private func judged(_ row: AnsweredInput, _ preference: Preference, harmless: (Bool, Bool)? = nil) -> JudgedPair {
        let pair = ComparisonPair(
            id: row.id, input: row.input, left: row.guided?.text ?? "", right: row.unguided?.text ?? "")
        var judged = JudgedPair(pair, judge: "judge")
        let verdicts =
            switch preference {
            case .left: OrderedVerdicts(leftFirst: .a, rightFirst: .b)
            case .right: OrderedVerdicts(leftFirst: .b, rightFirst: .a)
            case .tie: OrderedVerdicts(leftFirst: .tie, rightFirst: .a)
            }
        if !pair.isIdentical { judged.criteria = [.init(criterion: .overall, verdicts: verdicts)] }
        if let harmless { (judged.leftIsHarmless, judged.rightIsHarmless) = harmless }
        return judged
    }

    /// What a format makes of one row: its rows, or the reason.
    private func use(
        _ row: AnsweredInput, _ judgement: JudgedPair?, _ format: TrainingFormat,
        _ change: (inout TrainingOptions) -> Void = { _ in }
    ) -> String {
        switch TrainingSource(row: row, judgement: judgement, options: options([format], change)).use(format) {
        case .rows(let rows): rows.map(\.jsonText).joined(separator: "\n")
        case .dropped(let reason): reason
        }
    }

    private let row = answered("a", "How do I help?", guided: "Listen first.", unguided: "Just talk.")

    @Test("The guidelines are gone from the prompt, unless they are to be kept")
    func guidelines() {
        #expect(
            use(row, nil, .sftOpenAI)
                == #"{"messages":[{"content":"How do I help?","role":"user"},{"content":"Listen first.","role":"assistant"}]}"#
        )
        #expect(
            use(row, nil, .sftOpenAI) { $0.keepsGuidelines = true }.contains(
                #"{"content":"GUIDELINES\nBe kind to all people.","role":"system"}"#))
    }

    @Test("Which answers are learned, by what was judged")
    func requirement() {
        for (judgement, win, notLost) in [
            (judged(row, .left), "", ""), (judged(row, .tie), "not-won", ""), (judged(row, .right), "lost", "lost"),
            (nil, "not-judged", ""), (judged(row, .left, harmless: (false, true)), "harmful", "harmful"),
        ] {
            for (requirement, expected) in [
                (TrainingOptions.Requirement.win, win), (.notLost, notLost), (.none, ""),
            ] {
                let found = use(row, judgement, .sftOpenAI) { $0.requirement = requirement }
                #expect(expected.isEmpty ? found.hasPrefix("{") : found == expected, "\(requirement): \(found)")
            }
        }
        var other = row
        other.guided?.text = "Something else."
        #expect(use(other, judged(row, .left), .sftOpenAI) == "judged-other-answers")
        #expect(use(other, judged(row, .left), .dpoTRL) == "judged-other-answers")
    }

    @Test("What no model should learn is left out")
    func checks() {
        func reason(
            _ answer: String, finish: String? = "stop",
            guidelines: [String] = ["Never give the code of a door to anybody who asks for it politely."],
            kind: Guideline.Kind = .safety, input: String = "q", _ change: (inout TrainingOptions) -> Void = { _ in }
        ) -> String {
            let row = answered(
                "a", input, guided: answer, unguided: "u", guidelines: guidelines, kind: kind, finish: finish)
            let found = use(row, nil, .sftOpenAI, change)
            return found.hasPrefix("{") ? "" : found
        }
        #expect(reason("Fine.") == "")
        #expect(reason("Fine.", finish: "length") == "unfinished" && reason("Fine.", finish: nil) == "unfinished")
        #expect(reason(" \n") == "empty")
        #expect(reason("Fine.") { $0.minimumLength = 6 } == "too-short")
        #expect(reason("Fine.") { $0.maximumLength = 4 } == "too-long")
        #expect(reason("According to the guidelines, I stay calm.") == "mentions-guidelines")
        for mention in [
            "As the guidelines ask, here it is.", "As per guideline 3, no.", "I follow these safety guidelines.",
            "Following the provided guidelines I decline.", "This is against my guidelines.",
        ] {
            #expect(reason(mention) == "mentions-guidelines", "\(mention)")
        }
        for other in [
            "Travel guidelines of your country say so.", "Ask for the guidelines of your employer.",
            "Look at the guidelines published by the city.", "A guideline is a rule of thumb.",
        ] {
            #expect(reason(other) == "", "\(other)")
        }
        #expect(reason("The guidelines say so.", input: "What do the community guidelines say?") == "")
        #expect(reason("I never give the code of a door, to anybody who asks!") == "repeats-guideline")
        #expect(reason("I never give the code of a door.") == "")
        #expect(reason("Stay calm, and listen to them first.", guidelines: ["Listen to them first, always."]) == "")
        #expect(
            reason("Please listen to them first, always!", guidelines: ["Listen to them first, always."])
                == "repeats-guideline")
        // The user said it before.
        #expect(
            reason(
                "You ask why never give the code of a door to anybody who asks for it politely matters.",
                input: "Why \"never give the code of a door to anybody who asks for it politely\"?") == "")
        #expect(reason("According to the guidelines, I stay calm.") { $0.keepsGuidelines = true } == "")
        let refusal = "I'm sorry, but I can't help with that."
        #expect(reason(refusal) == "")
        #expect(reason(refusal, kind: .style) == "refusal-without-guideline")
        #expect(reason(refusal, guidelines: []) == "refusal-without-guideline")
        #expect(reason(refusal, guidelines: []) { $0.keepsGroundlessRefusals = true } == "")
        #expect(reason("Fine.") { $0.filter = { $0.answer == "Fine." && $0.id == "a" ? "secret" : nil } } == "secret")
    }

    @Test("Pairs and labels follow the judgement, whichever side it prefers")
    func preferences() {
        #expect(use(row, judged(row, .left), .dpoTRL).contains(#""chosen":[{"content":"Listen first.""#))
        #expect(use(row, judged(row, .right), .dpoTRL).contains(#""chosen":[{"content":"Just talk.""#))
        #expect(use(row, judged(row, .right), .dpoTRL).contains(#""margin":1.0"#))
        #expect(use(row, judged(row, .tie), .dpoTRL) == "tie" && use(row, nil, .kto) == "not-judged")
        let labels = use(row, judged(row, .right), .kto).split(separator: "\n")
        #expect(labels.count == 2 && labels[0].contains("Just talk.") && labels[0].contains(#""label":true"#))
        #expect(labels[1].contains("Listen first.") && labels[1].contains(#""label":false"#))
        // A tie, but one of the answers is harmful by itself.
        let harmful = use(row, judged(row, .tie, harmless: (true, false)), .kto).split(separator: "\n")
        #expect(harmful.count == 2 && harmful[0].contains(#""label":true"#) && harmful[1].contains(#""label":false"#))
        // A bad answer is worth knowing where the better one must not be learned.
        var unfinished = row
        unfinished.guided?.finishReason = "length"
        let single = use(unfinished, judged(row, .left), .kto)
        #expect(single.contains("Just talk.") && single.contains(#""label":false"#) && !single.contains("\n"))
        #expect(use(unfinished, judged(row, .left), .dpoOpenAI) == "unfinished")
        let same = answered("a", "q", guided: "x", unguided: "x")
        #expect(use(same, judged(same, .tie), .dpoOpenAI) == "same-answer")
        var turns = row
        turns.input.insert(ChatMessage(.user, "first"), at: 0)
        #expect(use(turns, nil, .sftShareGPT) == "no-turns" && use(turns, nil, .sftOpenAI).hasPrefix("{"))
    }

    // MARK: Whole folders

    /// Rows and judgements of all kinds, near duplicates among them.
    private func random(_ count: Int, seed: UInt64) -> (rows: [AnsweredInput], judged: [JudgedPair]) {
        var generator = SplitMix64(seed: seed)
        var rows: [AnsweredInput] = []
        var judgements: [JudgedPair] = []
        for number in 0..<count {
            var input =
                "question \(SplitMix64.mix(UInt64(number) &* 31 &+ seed)) about \(SplitMix64.mix(UInt64(number) &+ 5)) and the rest of it all"
            if number > 0, Int.random(in: 0..<3, using: &generator) == 0,
                let old = rows.randomElement(using: &generator)
            {
                input = (old.input.last?.content ?? "") + (Bool.random(using: &generator) ? "!" : " ok")
            }
            let answers = [
                "Yes, like this.", "No.", "I cannot help with that.", "According to the guidelines, no.",
                "Perhaps \(number).",
            ]
            let row = answered(
                "r\(number)", input, guided: answers.randomElement(using: &generator) ?? "",
                unguided: answers.randomElement(using: &generator),
                guidelines: Bool.random(using: &generator) ? [] : ["Be kind."],
                finish: Int.random(in: 0..<6, using: &generator) == 0 ? "length" : "stop")
            rows.append(row)
            guard Int.random(in: 0..<5, using: &generator) > 0 else { continue }
            judgements.append(judged(row, [.left, .right, .tie].randomElement(using: &generator) ?? .tie))
        }
        return (rows, judgements)
    }

    @Test("Every row is on one side, near duplicates on the same, and the counts add up", arguments: [1, 2, 3, 4])
    func property(seed: UInt64) throws {
        let place = try Scratch()
        let data = random(250, seed: seed)
        let answers = try place.write(data.rows.lines, to: "answers.jsonl")
        let judgements = try place.write(
            data.judged.map { $0.json(.guidance).jsonText + "\n" }.joined(), to: "judged.jsonl")
        let options = options(TrainingFormat.allCases) {
            $0.holdout = 0.3
            $0.seed = seed
        }
        let export = TrainingExport(options: options)
        let summary = try export.run(answers: answers, judgements: judgements, to: place.path("out"), replaces: false)

        var inputs: [TrainingExport.Split: Set<String>] = [:]
        for file in summary.files {
            let text = try place.read("out/\(file.name)")
            #expect(text.split(separator: "\n").count == file.rows && text.utf8.count == file.bytes)
            #expect(SHA256.hexadecimal(of: text) == file.hash)
            #expect(Set(text.split(separator: "\n")).count == file.rows, "\(file.name) repeats a row")
            for line in text.split(separator: "\n") {
                let value = try JSONValue(parsing: String(line))
                guard case .object(let row) = value, file.format == .sftAlpaca,
                    case .string(let input)? = row["instruction"]
                else { continue }
                inputs[file.split, default: []].insert(input)
            }
        }
        #expect(inputs[.train, default: []].isDisjoint(with: inputs[.holdout, default: []]))
        // One more or less word at the end is the same input.
        func stem(_ text: String) -> String { String(text.prefix(30)) }
        #expect(Set(inputs[.train, default: []].map(stem)).isDisjoint(with: inputs[.holdout, default: []].map(stem)))

        #expect(summary.rows.values.reduce(0, +) == 250)
        for format in TrainingFormat.allCases {
            let tally = try #require(summary.tallies[format])
            let used: Int = tally.used.values.reduce(0, +)
            let dropped: Int = tally.dropped.values.reduce(0, +)
            #expect(used + dropped == 250)
            for split in TrainingExport.Split.allCases where format != .kto {
                let rows = summary.files.first { $0.format == format && $0.split == split }?.rows
                #expect(rows == tally.used[split] ?? 0)
            }
        }
        let lines = try place.read("out/sources.jsonl").split(separator: "\n")
        let source = answers
        let original = try String(contentsOfFile: source, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 250 && summary.sources.rows == 250)
        for (line, row) in zip(lines, original) {
            guard case .object(let members) = try JSONValue(parsing: String(line)) else { continue }
            #expect(members["sha256"] == .string(SHA256.hexadecimal(of: String(row))))
        }
        let manifest = try place.read("out/manifest.json")
        #expect(try JSONValue(parsing: manifest) == summary.json)

        let again = try export.run(answers: answers, judgements: judgements, to: place.path("again"), replaces: false)
        #expect(again.json == summary.json)
        for name in try FileManager.default.contentsOfDirectory(atPath: place.path("out")) {
            #expect(try place.read("out/\(name)") == place.read("again/\(name)"), "\(name)")
        }
    }

    @Test("A folder comes as a whole, and nothing is replaced unasked")
    func folder() throws {
        let place = try Scratch()
        let answers = try place.write([row].lines, to: "answers.jsonl")
        let export = TrainingExport(options: options([.sftOpenAI]))
        let out = place.path("out")
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        _ = try export.run(answers: answers, judgements: nil, to: out, replaces: false)
        #expect(throws: GuideAlignError.folderNotEmpty(path: out)) {
            try export.run(answers: answers, judgements: nil, to: out, replaces: false)
        }
        try place.write([row, row].lines, to: "twice.jsonl")
        let before = try place.read("out/manifest.json")
        #expect(throws: GuidelineStoreError.self) {
            try export.run(answers: place.path("twice.jsonl"), judgements: nil, to: out, replaces: true)
        }
        #expect(try place.read("out/manifest.json") == before)
        try place.write("mine", to: "out/notes.txt")
        _ = try export.run(answers: answers, judgements: nil, to: out + "/", replaces: true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: out).sorted() == [
                "manifest.json", "sft-openai.holdout.jsonl", "sft-openai.train.jsonl", "sources.jsonl",
            ])
        try FileManager.default.removeItem(atPath: out + "/manifest.json")
        #expect(throws: GuideAlignError.notTrainingData(path: out)) {
            try export.run(answers: answers, judgements: nil, to: out, replaces: true)
        }
        let judgements = try place.write(
            judged(answered("z", "q", guided: "g", unguided: "u"), .left).json(.guidance).jsonText + "\n", to: "judged")
        let error = #expect(throws: GuidelineStoreError.self) {
            try export.run(answers: answers, judgements: judgements, to: place.path("new"), replaces: false)
        }
        #expect(error?.description.contains("\"z\" is no input") == true && error?.location?.line == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(!names.contains { $0.contains(".tmp-") || $0 == "new" })
    }
}
