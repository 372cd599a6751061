extension GuidelineFilter {
    /// Both; a conjunction on the left takes the right side in.
    public static func && (left: GuidelineFilter, right: GuidelineFilter) -> GuidelineFilter {
        if case .all(let filters) = left { return .all(filters + [right]) }
        return .all([left, right])
    }

    /// At least one of the two; a disjunction on the left takes the right side in.
    public static func || (left: GuidelineFilter, right: GuidelineFilter) -> GuidelineFilter {
        if case .any(let filters) = left { return .any(filters + [right]) }
        return .any([left, right])
    }

    public static prefix func ! (filter: GuidelineFilter) -> GuidelineFilter { .not(filter) }

    public static func id(_ test: TextTest) -> GuidelineFilter { .text(.id, test) }
    public static func title(_ test: TextTest) -> GuidelineFilter { .text(.title, test) }
    public static func tag(_ test: TextTest) -> GuidelineFilter { .text(.tag, test) }
    public static func risk(_ test: TextTest) -> GuidelineFilter { .text(.risk, test) }
    /// A tag, or the additional field `category`; see ``TextField/category``.
    public static func category(_ test: TextTest) -> GuidelineFilter { .text(.category, test) }

    public static func kind(_ kind: Guideline.Kind) -> GuidelineFilter { .kind([kind]) }
    public static func status(_ status: Guideline.Status) -> GuidelineFilter { .status([status]) }
    public static func authority(_ authority: Guideline.Authority) -> GuidelineFilter { .authority([authority]) }
    public static func language(_ range: String) -> GuidelineFilter { .language([range]) }
}
