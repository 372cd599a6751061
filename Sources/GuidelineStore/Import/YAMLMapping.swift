import Yams

/// One mapping as a YAML document, such as a form that somebody fills in.
package enum YAMLMapping {
    /// The members of the mapping; nil where the document holds nothing but comments. Fields of a guideline that hold text
    /// are taken as they are written.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault: no YAML, no mapping, a name given twice.
    package static func members(
        of text: String, name: String
    ) throws(GuidelineStoreError) -> (members: [String: JSONValue], location: InputLocation)? {
        let root: Node?
        do {
            root = try Parser(yaml: text).singleRoot()
        } catch {
            throw YAMLRecordReader.located(error, file: name)
        }
        guard let root, root.null == nil else { return nil }
        var converter = YAMLConverter(file: name, budget: 4 * text.utf8.count + 1000)
        return (try converter.record(root), converter.location(root))
    }
}
