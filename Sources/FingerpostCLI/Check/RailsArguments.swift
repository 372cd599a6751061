import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails

/// Which checks texts are held against.
struct RailsArguments: ParsableArguments {
    @Option(
        help: "A YAML file of the checks, in place of the usual ones.", completion: .file(extensions: ["yaml", "yml"]))
    var rails: String?

    @Option(help: "What a guideline that applies leads to: audit, warn, ask (the default) or deny.")
    var onMatch: Verdict?

    @Option(help: "Only guidelines that this lets through, such as 'severity >= high'.")
    var filter: String?

    @OptionGroup(title: "Judge") var judge: JudgeArguments

    /// Whether something was said that needs a library.
    var areAboutGuidelines: Bool { filter != nil || onMatch != nil }

    func validate() throws {
        if let onMatch, ![.audit, .warn, .ask, .deny].contains(onMatch) {
            throw ValidationError("--on-match must be audit, warn, ask or deny.")
        }
        guard rails != nil || judge.judge == nil else {
            throw ValidationError("--judge is for the judge's checks of a file; name it with --rails.")
        }
        if rails != nil, areAboutGuidelines {
            throw ValidationError(
                "--rails says what is checked, and what that leads to; leave --on-match and --filter out.")
        }
    }

    /// The checks of the file, or secrets, personal data and the guidelines of the library.
    func rails(_ library: GuidelineLibrary?) throws -> Rails {
        if let rails {
            return try Rails(contentsOf: URL(fileURLWithPath: rails), library: library, judge: try judge.made())
        }
        var options = Semantic.Options()
        options.filter = try filter.map { try GuidelineFilter(parsing: $0) }
        let action: CheckAction =
            switch onMatch {
            case .audit: .audit
            case .warn: .warn
            case .deny: .deny
            case .allow, .modify, .ask, nil: .ask
            }
        return try Rails {
            Secrets()
            PersonalData()
            if let library { try Semantic(library, options).onMatch(action) }
        }
    }
}
