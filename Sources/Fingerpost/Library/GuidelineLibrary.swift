import Foundation
import GuidelineStore
import Platform
import TextEncoder
import VectorIndex

/// Guidelines in a folder, and the ones that apply to an input.
///
/// ```swift
/// let library = try GuidelineLibrary.openOrCreate(at: folder)
/// try library.add([Guideline(id: "g1", title: "Decline to pick locks", text: "Do not explain how to open …")])
/// for match in try library.search("How do I get into my neighbour's house?").matches {
///     print(match.score, match.guideline.title ?? match.guideline.text, match.via.label)
/// }
/// ```
///
/// The folder holds `library.sqlite`, the only source of truth, and `index.hnsw`, derived from it and rebuilt whenever it
/// is missing, out of date or damaged. A write has happened when the call returns. Any number of threads and processes may
/// search; a second process that writes waits. A search sees everything that was committed before it began, by whichever
/// process.
public final class GuidelineLibrary: Sendable {
    public enum Mode: Sendable { case readWrite, readOnly }

    public let folder: URL
    public let mode: Mode
    /// The encoder that the library's vectors come from.
    public let encoder: any SentenceEncoder

    let database: LibraryDatabase
    let options: LibraryOptions
    let passages: Locked<PassageIndex>
    let filters = FilterCache()
    let records = RecordCache()
    let writing = Locked(())

    private init(
        database: LibraryDatabase, mode: Mode, encoder: any SentenceEncoder, options: LibraryOptions,
        passages: PassageIndex
    ) {
        folder = database.folder
        self.mode = mode
        self.encoder = encoder
        self.database = database
        self.options = options
        self.passages = Locked(passages)
    }

    // MARK: Opening

    /// Whether the folder holds a library.
    public static func exists(at folder: URL) -> Bool { LibraryDatabase.exists(at: folder) }

    /// Makes an empty library in a folder, which is made too where it is missing.
    ///
    /// - Throws: ``GuidelineStoreError``, `libraryExists` among its cases, and what loading the encoder throws.
    public static func create(
        at folder: URL, options: LibraryOptions = LibraryOptions()
    ) throws -> GuidelineLibrary {
        // The encoder first: without one there is nothing to make.
        let located = try EncoderLocator.locate(options.encoder, stored: nil, hint: nil, library: folder)
        let database = try LibraryDatabase.create(at: folder)
        return try open(database, located, mode: .readWrite, options: options, progress: nil)
    }

    /// Opens the library of a folder. Passages that a killed process left without vectors are encoded, and the index is
    /// built where it is needed.
    ///
    /// - Throws: ``GuidelineStoreError``, ``FingerpostError/encoderMismatch(library:stored:given:)``,
    ///   ``FingerpostError/encoderNotFound(library:encoder:searched:)``, and for reading only
    ///   ``FingerpostError/incomplete(library:pending:)``.
    public static func open(
        at folder: URL, mode: Mode = .readWrite, options: LibraryOptions = LibraryOptions(),
        progress: ProgressHandler? = nil
    ) throws -> GuidelineLibrary {
        let database = try LibraryDatabase.open(at: folder, mode: mode == .readOnly ? .readOnly : .readWrite)
        let located = try EncoderLocator.locate(
            options.encoder, stored: try database.encoder, hint: try database.encoderFolder, library: folder)
        return try open(database, located, mode: mode, options: options, progress: progress)
    }

    /// ``open(at:mode:options:progress:)`` where there is a library, ``create(at:options:)`` where there is none.
    public static func openOrCreate(
        at folder: URL, options: LibraryOptions = LibraryOptions(), progress: ProgressHandler? = nil
    ) throws -> GuidelineLibrary {
        guard !exists(at: folder) else { return try open(at: folder, options: options, progress: progress) }
        do {
            return try create(at: folder, options: options)
        } catch GuidelineStoreError.libraryExists {
            return try open(at: folder, options: options, progress: progress)
        }
    }

    /// Opens a library with another encoder than it was built with: forgets all its vectors and encodes it again.
    public static func reencode(
        at folder: URL, options: LibraryOptions, progress: ProgressHandler? = nil
    ) throws -> GuidelineLibrary {
        let database = try LibraryDatabase.open(at: folder)
        let located = try EncoderLocator.locate(options.encoder, stored: nil, hint: nil, library: folder)
        let record = located.encoder.identity.record
        if let stored = try database.encoder, !stored.isSameEncoder(as: record) {
            try database.replaceEncoder(record)
        }
        return try open(database, located, mode: .readWrite, options: options, progress: progress)
    }

    private static func open(
        _ database: LibraryDatabase, _ located: EncoderLocator.Located, mode: Mode, options: LibraryOptions,
        progress: ProgressHandler?
    ) throws -> GuidelineLibrary {
        let encoder = located.encoder
        if mode == .readWrite {
            if try database.encoder == nil { try database.setEncoder(encoder.identity.record) }
            switch options.encoder {
            case .instance: break
            case .automatic, .folder:
                let path = located.folder?.standardizedFileURL.path
                if try database.encoderFolder != path { try database.setEncoderFolder(path) }
            }
            try encodePending(database, encoder, options, progress)
        } else {
            let pending = try database.pendingPassageCount
            guard pending == 0 else {
                throw FingerpostError.incomplete(library: database.folder.path, pending: pending)
            }
        }
        var passages = try PassageIndex.open(
            database, dimension: encoder.dimension, options: options, progress: progress)
        if mode == .readWrite {
            do {
                try passages.save(database, progress: progress)
            } catch let error as VectorIndexError {
                // Saving looks at every byte, also at those that opening has left for later.
                guard case .corruptArchive = error else { throw error }
                passages = try PassageIndex.build(
                    database, dimension: encoder.dimension, cause: .unreadable(error), options: options,
                    progress: progress)
                try passages.save(database, progress: progress)
            }
        }
        return GuidelineLibrary(
            database: database, mode: mode, encoder: encoder, options: options, passages: passages)
    }

    // MARK: Writing

    /// Adds guidelines, or updates those whose ids are there, in one transaction; then encodes what is new and takes it
    /// into the index. Guidelines whose content is there under another id are skipped as duplicates.
    ///
    /// Once `committed` is called the guidelines are kept, whatever happens after.
    ///
    /// - Throws: ``GuidelineStoreError``; then nothing has changed. Errors of the encoder come after the guidelines are
    ///   kept; they are encoded when the library is next opened.
    @discardableResult
    public func add(
        _ guidelines: some Sequence<Guideline>, progress: ProgressHandler? = nil,
        committed: ((UpsertOutcome) -> Void)? = nil
    ) throws -> UpsertOutcome {
        try writing.withLock { _ in
            let outcome = try database.upsert(guidelines)
            committed?(outcome)
            try update(progress)
            return outcome
        }
    }

    /// Removes guidelines in one transaction and returns the ids that were there.
    @discardableResult
    public func remove(ids: [String]) throws -> [String] {
        try writing.withLock { _ in
            let removed = try database.remove(ids: ids)
            try update(nil)
            return removed
        }
    }

    /// Changes guidelines in one transaction; then encodes what is new and takes it into the index.
    package func change<Result>(
        _ progress: ProgressHandler?, _ body: (LibraryTransaction) throws -> Result
    ) throws -> Result {
        try writing.withLock { _ in
            let result = try database.write(body)
            try update(progress)
            return result
        }
    }

    /// Encodes what is pending, then brings the index up to date, and saves it once enough has changed.
    func update(_ progress: ProgressHandler?) throws {
        try Self.encodePending(database, encoder, options, progress)
        try mendingIndex {
            try passages.withLock { passages in
                try passages.refresh(database, options: options, progress: progress)
                if passages.unsavedChanges > max(1_000, passages.table.passages.count / 20) {
                    try passages.save(database, progress: progress)
                }
            }
        }
    }

    /// Does what may come upon a damaged part of the index's archive. If it does, the index is built again from the
    /// database, which has all that it needs, and the work is done once more.
    func mendingIndex<Value>(_ body: () throws -> Value) throws -> Value {
        let before = passages.withLock { $0.index }
        do {
            return try body()
        } catch let error as VectorIndexError {
            guard case .corruptArchive = error else { throw error }
            try passages.withLock { passages in
                // Unless another thread has done so meanwhile.
                guard passages.index === before else { return }
                passages = try PassageIndex.build(
                    database, dimension: encoder.dimension, cause: .unreadable(error), options: options, progress: nil)
            }
            return try body()
        }
    }

    /// Encodes passages in batches; each is kept as soon as it is encoded.
    private static func encodePending(
        _ database: LibraryDatabase, _ encoder: any SentenceEncoder, _ options: LibraryOptions,
        _ progress: ProgressHandler?
    ) throws {
        let total = try database.pendingPassageCount
        guard total > 0 else { return }
        var done = 0
        var last: Int64 = 0
        while true {
            let batch = try database.pendingPassages(after: last, limit: 4_096)
            guard let end = batch.last else { return }
            let finished = done
            let vectors = try encoder.encode(
                batch: batch.map(\.text), threads: options.threads ?? Processors.available
            ) { count in
                progress?(LibraryProgress(stage: .encoding, completed: finished + count, total: total))
            }
            try database.storeVectors(
                passageIDs: batch.map(\.id), values: vectors.values, encodedBy: encoder.identity.record)
            done += batch.count
            last = end.id
        }
    }

    // MARK: Reading

    /// Number of guidelines, whatever their status.
    public var count: Int { get throws { try database.count } }

    /// The guideline with the id, or nil.
    public func guideline(id: String) throws -> Guideline? { try database.guideline(id: id) }

    /// Calls `body` with every guideline in the order in which they were added. It must not call this library.
    public func forEachGuideline(_ body: (Guideline) throws -> Void) throws {
        try database.forEachGuideline { _, guideline in try body(guideline) }
    }

    /// Writes the index to the folder if it has changed, so that the next opening need not catch up.
    public func save(progress: ProgressHandler? = nil) throws {
        guard mode == .readWrite else { throw GuidelineStoreError.readOnly(path: folder.path) }
        try mendingIndex { try passages.withLock { try $0.save(database, progress: progress) } }
    }

    /// Saves the index where the library may be written, and closes the database. Later calls throw.
    public func close() throws {
        if mode == .readWrite { try save() }
        try database.close()
    }
}
