/// What the lint finds in a text by itself, for texts that are no guidelines of a library yet.
package enum TextInspection {
    /// The name of what in the text speaks to the model that reads the prompt, such as `override`; nil where nothing
    /// does. O(length).
    package static func payload(in text: String) -> String? {
        Payload.payloads(in: text).first?.kind.rawValue
    }

    /// The name of characters that nobody sees, such as `tag character`; nil where there are none. O(length).
    package static func hiddenCharacter(in text: String) -> String? {
        HiddenCharacters.hits(in: text).first?.kind.rawValue
    }
}
