import Fingerpost
import Guardrails
import GuidelineStore

extension CheckCommand {
    /// Checks standard input while it comes, and writes what may be shown.
    func guardStream(_ rails: Rails, _ decisions: DecisionLog?) throws -> Verdict {
        let hold = try hold.map { try StreamHold(option: $0) } ?? .sentence
        var stream = StreamGuard(rails, hold: hold, rail: rail?.value ?? .output, deadline: patience)
        var whole = ""
        func show(_ text: String) throws {
            guard !text.isEmpty else { return }
            guard !output.json else {
                let line: JSON = ["text": .string(text)]
                return try Console.result(line.text)
            }
            var text = text
            try text.withUTF8 { try Console.result(UnsafeRawBufferPointer($0)) }
        }
        do {
            try InputSource.standardInput.forEachPiece { piece in
                whole += piece
                try show(stream.push(piece))
                return !stream.isStopped
            }
            try show(stream.finish())
        } catch {
            // What was shown was decided upon, whatever became of the rest.
            try? decisions?.append(records(of: stream.decision))
            throw error
        }
        let decision = stream.decision
        try decisions?.append(records(of: decision))
        let leaked = stream.leakedByteCount
        let answer = CheckAnswer(id: nil, checked: whole, decision: decision, leakedByteCount: leaked)
        if output.json {
            try Console.result(answer.json.text)
        } else if decision.verdict > .allow {
            Console.log(answer.text(Terminal.log, showsText: false))
            if leaked > 0 {
                Console.log("  \(Format.count(leaked, "byte")) had been shown before that was known; see --hold")
            }
        }
        return decision.verdict
    }
}
