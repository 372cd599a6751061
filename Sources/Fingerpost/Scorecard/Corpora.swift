import GuidelineStore

/// Reads folders of corpora and queries into sets that a ``Scorecard`` is measured on.
///
/// A set is a folder with a corpus, `corpus.jsonl` (or `guidelines.jsonl`), of `{"id","text"}` and perhaps a `title`, which
/// goes before the text unless the text begins with it. Its queries are
///
/// - every other JSON Lines file in it, of `{"id","query","positives":[ids]}` with perhaps `grades`, `{id: number}`; or
/// - as BEIR has them (Thakur et al., 2021): `queries.jsonl` of `{"_id","text"}`, and tables `qrels/NAME.tsv` of query,
///   document and grade. A document with the id of the query is then no answer to it.
///
/// `_id` may stand for `id` and `text` for `query` anywhere. A file in which no query has positives is out of scope as a
/// whole: its queries are the other side of the abstention figures of every other file of the folder.
///
/// A file of `{"s1","s2","score"}`, with or without a corpus beside it, is a set of similarities. Any file may be
/// compressed by gzip (`.gz`); the `gzip` program then opens it.
public struct Corpora: Sendable {
    public struct Options: Sendable, Hashable {
        /// Names of query files, without endings, that are read; all but `train` where there is none.
        public var splits: [String] = []
        /// Queries or pairs that are kept of each file, evenly spaced; nil for all.
        public var limit: Int?
        /// Leaves positives out that are not in the corpus, instead of failing.
        public var allowsMissingPositives = false

        public init() {}
    }

    /// In the order of the folders and of the names in them.
    public private(set) var sets: [ScorecardSet] = []
    /// What was left out or taken for something that one may not expect, for people.
    public private(set) var notes: [String] = []
    let options: Options

    /// Reads each folder as a set, or else every folder in it.
    ///
    /// - Throws: ``GuidelineStoreError`` with the file and line at fault, or the folder where no set is found;
    ///   ``FingerpostError/unknownDocument(id:corpus:_:)``.
    public init(_ folders: [String], options: Options = Options()) throws {
        self.options = options
        for folder in folders {
            let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
            let before = sets.count
            if try !readSet(path) {
                for child in try SetFolder.children(of: path) {
                    if try !readSet(child) { notes.append("\(child): no set: it has neither a corpus nor pairs") }
                }
            }
            guard sets.count > before else {
                let found = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
                throw GuidelineStoreError.noRecords(
                    path: path,
                    hint: "no set is in it; a set is a folder with corpus.jsonl and files of queries, or with files of "
                        + "{\"s1\",\"s2\",\"score\"}\(found)")
            }
        }
        tellApart()
    }

    /// Reads what the folder itself holds; false where that is no set.
    private mutating func readSet(_ path: String) throws -> Bool {
        let folder = try SetFolder(path)
        guard let corpus = folder.corpus else { return try readSimilarities(folder) }
        let documents = try DocumentTable(corpus.path)
        var files: [RetrievalSet.QueryFile] = []
        if folder.judgements.isEmpty {
            for file in folder.files where isWanted(file, of: folder) {
                switch try QueryLines(file.path).contents {
                case .pairs(let pairs): append(pairs, file, folder)
                case .queries(let lines):
                    files.append(try queryFile(file, folder, try lines.queries(in: documents, options: options)))
                }
            }
        } else if let queries = folder.queries {
            let texts = try JudgedQueries(queries.path)
            for file in folder.judgements where isWanted(file, of: folder) {
                let judged = try texts.queries(judgedIn: file.path, documents: documents, options: options)
                files.append(try queryFile(file, folder, judged))
            }
        }
        guard !files.isEmpty else {
            notes.append("\(path): left out, since no file of queries in it is asked for")
            return true
        }
        guard files.contains(where: { !$0.isOutOfScope }) else {
            throw GuidelineStoreError.noRecords(
                path: files[0].path, hint: "no query has positives, so there is nothing to find")
        }
        for file in files where file.isOutOfScope {
            notes.append("\(file.path): no query has positives; all \(file.queries.count) count as out of scope")
        }
        sets.append(.retrieval(RetrievalSet(name: folder.name, documents: documents.texts, queryFiles: files)))
        return true
    }

    /// Reads the files of pairs of a folder without a corpus; false where it has none.
    private mutating func readSimilarities(_ folder: SetFolder) throws -> Bool {
        var isSet = false
        for file in folder.files {
            // Files that are not wanted are not opened, and leave open what they hold.
            guard isWanted(file, of: folder) else { continue }
            guard try QueryLines.holdsPairs(file.path) else { continue }
            guard case .pairs(let pairs) = try QueryLines(file.path).contents else { continue }
            append(pairs, file, folder)
            isSet = true
        }
        return isSet
    }

    private mutating func append(_ pairs: [SimilaritySet.Pair], _ file: SetFolder.File, _ folder: SetFolder) {
        sets.append(
            .similarity(
                SimilaritySet(
                    name: name(of: file, folder), path: file.path, pairs: Self.spaced(pairs, limit: options.limit))))
    }

    private mutating func queryFile(
        _ file: SetFolder.File, _ folder: SetFolder, _ found: FoundQueries
    ) throws -> RetrievalSet.QueryFile {
        if !found.missing.isEmpty {
            notes.append(
                "\(file.path): \(found.missing.count) positives are not in the corpus, for which \(found.skippedCount) "
                    + "queries were left out")
        }
        return RetrievalSet.QueryFile(
            name: name(of: file, folder), path: file.path, queries: Self.spaced(found.queries, limit: options.limit))
    }

    private mutating func isWanted(_ file: SetFolder.File, of folder: SetFolder) -> Bool {
        if options.splits.isEmpty {
            if file.stem == "train" { notes.append("\(file.path): left out; name it with --split train to measure it") }
            return file.stem != "train"
        }
        return options.splits.contains(file.stem)
    }

    /// The name of the folder, and that of the file where it says more.
    private func name(of file: SetFolder.File, _ folder: SetFolder) -> String {
        ["pairs", "queries"].contains(file.stem) ? folder.name : "\(folder.name) \(file.stem)"
    }

    /// At most `limit` items, in order and evenly spaced.
    static func spaced<Item>(_ items: [Item], limit: Int?) -> [Item] {
        guard let limit, limit < items.count else { return items }
        return (0..<max(0, limit)).map { items[$0 * items.count / limit] }
    }

    /// Gives sets of the same name in different folders the path of their file.
    private mutating func tellApart() {
        var uses: [String: Int] = [:]
        for set in sets {
            switch set {
            case .retrieval(let set): for file in set.queryFiles { uses[file.name, default: 0] += 1 }
            case .similarity(let set): uses[set.name, default: 0] += 1
            }
        }
        func unique(_ name: String, _ path: String) -> String { uses[name, default: 0] > 1 ? path : name }
        sets = sets.map { set in
            switch set {
            case .retrieval(var set):
                for place in set.queryFiles.indices {
                    set.queryFiles[place].name = unique(set.queryFiles[place].name, set.queryFiles[place].path)
                }
                return .retrieval(set)
            case .similarity(var set):
                set.name = unique(set.name, set.path)
                return .similarity(set)
            }
        }
    }
}
