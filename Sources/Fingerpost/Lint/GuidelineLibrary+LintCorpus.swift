import Foundation
import GuidelineStore

extension GuidelineLibrary {
    /// Looks for what is wrong with guidelines that are in no library: ``lint(_:progress:)`` of a library made of them, which
    /// is removed afterwards.
    ///
    /// - Parameters:
    ///   - guidelines: such as an importer hands out.
    ///   - encoder: what to find them with.
    ///   - scratch: a folder that is not there yet, for the library; nil for one among the temporary files.
    ///   - building: told how far the library is.
    /// - Throws: As ``add(_:progress:committed:)`` and ``lint(_:progress:)``.
    public static func lint(
        _ guidelines: [Guideline], encoder: EncoderChoice = .automatic, options: LintOptions = LintOptions(),
        scratch: URL? = nil, building: ProgressHandler? = nil,
        progress: @escaping (LintProgress) throws -> Void = { _ in }
    ) throws -> LintReport {
        try options.validate()
        let folder =
            scratch
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-lint-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var opening = LibraryOptions()
        opening.encoder = encoder
        opening.threads = options.threads
        let library = try create(at: folder, options: opening)
        let outcome = try library.add(guidelines, progress: building)
        var report = try library.lint(options, progress: progress)
        guard options.rules.contains(.nearDuplicate), !outcome.skippedDuplicates.isEmpty else { return report }
        // A library does not take the same content twice.
        for duplicate in outcome.skippedDuplicates {
            report.findings.append(
                LintFinding(
                    .nearDuplicate, .warning, [duplicate.duplicateOf, duplicate.id],
                    "2 guidelines have the same content, of which a library takes the first", score: 1,
                    advice: "Take one of them out."))
        }
        report.guidelineCount += outcome.skippedDuplicates.count
        report.sort()
        return report
    }
}
