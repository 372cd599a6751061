import Foundation

/// Numbers as a page shows them, the same in every locale.
enum Figure {
    static func decimal(_ value: Double, _ places: Int = 2) -> String {
        let text = String(format: "%.\(places)f", locale: nil, value)
        return text.hasPrefix("-") && !text.contains(where: { "123456789".contains($0) })
            ? String(text.dropFirst()) : text
    }
    static func percent(_ share: Double) -> String { decimal(100 * share, 1) + "%" }
    /// With commas between thousands.
    static func count(_ value: Int) -> String {
        let digits = String(abs(value))
        var text = value < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
    /// At most so many characters, the last of them an ellipsis where some are left out.
    static func shortened(_ text: String, to length: Int) -> String {
        text.count <= length ? text : text.prefix(max(0, length - 1)) + "…"
    }
    static func optional(_ value: Double?, _ places: Int = 2) -> String { value.map { decimal($0, places) } ?? "–" }
    static func optionalPercent(_ value: Double?) -> String { value.map(percent) ?? "–" }
}
