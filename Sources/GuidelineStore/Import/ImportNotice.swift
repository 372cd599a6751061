/// Something about an import that is no fault and that its user should know.
public enum ImportNotice: Sendable, Hashable, CustomStringConvertible {
    /// The content told what the file is; nobody had said so.
    case recognized(file: String, as: ImportFormat)
    /// Records that name no guideline: a question without a fitting passage, a prompt without rules.
    case recordsWithoutGuidelines(file: String, count: Int)
    /// Relationships that have no counterpart, or not between two guidelines of the file, by their kind.
    case relationshipsLeftOut(file: String, counts: [String: Int])

    public var description: String {
        switch self {
        case .recognized(let file, let format):
            "\(file): taken for \(format.summary); --format \(format.rawValue) says so, another --format overrules it"
        case .recordsWithoutGuidelines(let file, let count):
            "\(file): \(count) record\(count == 1 ? " names" : "s name") no guideline"
        case .relationshipsLeftOut(let file, let counts):
            "\(file): relationships left out, having no counterpart between two guidelines of the file: "
                + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
    }
}
