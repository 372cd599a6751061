import Foundation

/// What a server says where it does not answer: `{"error":{"message"}}` as OpenAI has it, `{"error"}`, `{"message"}` or
/// `{"detail"}` as others do.
enum ServerMessage {
    private static let limit = 200

    /// The message on one line, without secrets, cut to a length that fits a line of a log; nil where there is none.
    static func read(_ body: Data, hiding secrets: [String]) -> String? {
        guard let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else { return nil }
        let error = object["error"]
        let candidates = [(error as? [String: Any])?["message"], error, object["message"], object["detail"]]
        guard var text = candidates.lazy.compactMap({ $0 as? String }).first else { return nil }
        for secret in secrets { text = text.replacingOccurrences(of: secret, with: "...") }
        let words = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let line = String(words).split(separator: " ").joined(separator: " ")
        guard !line.isEmpty else { return nil }
        return line.count > limit ? line.prefix(limit) + "..." : line
    }
}
