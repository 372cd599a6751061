/// One state of an index, as searches see it: plain pointers, and what keeps their memory.
final class IndexState<Key: IndexKey>: @unchecked Sendable {
    let graph: GraphView
    let keys: KeyView<Key>
    /// Changes when row numbers get another meaning, so that filters made before are told apart.
    let epoch: UInt64

    private let live: BitStorage
    private let upper: UpperStorage
    private let store: GraphStore
    private let keyColumn: KeyColumn<Key>
    private let codebook: NeighborCodebook?

    /// - Parameter previous: the state before, whose upper levels are shared if they have not changed.
    init(store: GraphStore, keys: KeyColumn<Key>, epoch: UInt64, sharing upper: UpperStorage?) {
        live = BitStorage(store.rows.live)
        self.upper = upper ?? UpperStorage(store.upper)
        self.store = store
        keyColumn = keys
        codebook = store.codebook
        self.epoch = epoch
        self.keys = keys.view
        graph = store.view(live: live.words, upperRows: self.upper.rows, upperLinks: self.upper.links)
    }

    var rows: RowView { graph.rows }
}
