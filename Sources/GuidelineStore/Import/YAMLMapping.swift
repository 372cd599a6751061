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
        guard let root = try root(of: text, name: name) else { return nil }
        var converter = YAMLConverter(file: name, budget: 4 * text.utf8.count + 1000)
        return (try converter.record(root), converter.location(root))
    }

    /// The document's only node, with the places that its parts stand at; nil where it holds nothing but comments.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault.
    package static func root(of text: String, name: String) throws(GuidelineStoreError) -> Node? {
        do {
            let root = try Parser(yaml: text).singleRoot()
            return root?.null == nil ? root : nil
        } catch {
            throw YAMLRecordReader.located(error, file: name)
        }
    }
}
