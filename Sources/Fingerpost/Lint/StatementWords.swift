/// The English words that ``StatementClause`` goes by.
enum StatementWords {
    private static func set(_ words: String) -> Set<Substring> { Set(words.split(whereSeparator: \.isWhitespace)) }

    /// What begins a condition wherever it stands.
    static let conjunctions = set(
        """
        when if unless while whenever where wherever until till once because since except without during although though \
        provided before after
        """)
    /// What begins a condition in front of a comma.
    static let prepositions = set(
        "in for with under as at on by upon given to from outside inside within among regarding")
    /// What begins a clause of its own behind a comma.
    static let openers = set("but however never not instead dont do always")
    static let relatives = set("who whom whose which that what why how whether")
    static let permissions = set(
        "okay ok fine may can could allowed acceptable permitted alright permissible feel free allowable")
    static let obligations = set("need have required obliged obligated necessary mandatory expected supposed must")
    static let descriptions = set(
        "understandable normal common natural unlikely hard difficult impossible reasonable")
    static let shortNegations = set("not dont doesnt shouldnt isnt arent cannot cant never neednt mustnt")
    /// What stands before a verb that is the clause's own.
    static let heads = set(
        "to should must shall please always you and or be is are not will would can may they users assistant just also then"
    )
    static let pronouns = set("they he she it we i who you")
    static let particles = set("up off out down away back over around")
    static let articles = set("a an the any of")
    /// What judges beside the words of ``PolarityWords``.
    static let moreJudgements = set("deceitful dishonest unhealthy improper disloyal ungrateful nasty sinful")
    static let stricts = set("must always required mandatory every shall never obligated obliged")
    static let judgements = set(
        """
        good right kind important essential polite nice great best better responsible thoughtful respectful appropriate \
        crucial vital wise helpful considerate correct proper moral ethical necessary rude wrong bad
        """)
    static let links = set("is its be are not isnt really very considered so always just also thats a more most")

    private static let stops = set(
        """
        a an the this that these those it its he she they them their his her him you your yours we us our i me my mine \
        is are was were be been being am do does did doing done to of in on at by for with from as into about \
        then so and or nor both either neither also just very really quite rather some any all each every ever \
        always never should must shall may might can could would will need needs ought have has had having there here \
        whether assistant model ai system one ones someone somebody anyone anybody \
        everyone everybody other others another people person persons such like only even still yet okay ok fine \
        allowed acceptable permitted alright feel free required obliged obligated necessary mandatory expected supposed \
        please sure ensure under circumstance circumstances case cases if when while unless not no \
        without except until way ways thing things something anything user users important essential considered let \
        sometimes usually generally order encourage encouraged
        """)

    /// Words that stand for each other; the first of a line stands for all.
    private static let synonyms: [String: String] = {
        var result: [String: String] = [:]
        for line in groups.split(separator: "\n") {
            let words = line.split(separator: " ").map { root(String($0)) }
            for word in words { result[word] = words[0] }
        }
        return result
    }()

    private static let groups = """
        give provide offer supply
        share disclose reveal divulge expose
        tell inform notify
        explain describe
        answer respond reply
        help assist aid
        use utilize utilise employ
        create produce generate write compose draft
        discuss talk debate
        begin start
        keep retain store save
        delete erase
        check verify confirm validate
        buy purchase
        get obtain
        show display present
        mention cite
        medicine medication drug
        dose dosage
        doctor physician
        kid child children
        mom mother mum
        dad father
        picture photo image photograph
        password passphrase
        short brief concise terse
        long lengthy verbose
        reference citation source
        joke humor humour
        advice guidance recommendation
        information info
        end finish
        apologize apologise
        steal rob
        request ask
        """

    /// What a word means for a matter, or nil if it means nothing there.
    static func stem(_ word: Substring) -> String? {
        guard !stops.contains(word), word.count > 1 || word.first?.isNumber == true else { return nil }
        let root = root(String(word))
        return synonyms[root] ?? root
    }

    /// The word without common endings.
    private static func root(_ word: String) -> String {
        var word = word
        func drop(_ ending: String, leaving least: Int, _ replacement: String = "") -> Bool {
            guard word.hasSuffix(ending), word.utf8.count - ending.utf8.count >= least else { return false }
            word = word.dropLast(ending.count) + replacement
            return true
        }
        if drop("ies", leaving: 2, "y") || drop("sses", leaving: 2, "ss") {
        } else if !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is") {
            _ = drop("s", leaving: 3)
        }
        if drop("ing", leaving: 3) || drop("ed", leaving: 3) {
            if let last = word.last, word.dropLast().last == last, !"lsz".contains(last) { word.removeLast() }
        } else {
            _ = drop("ly", leaving: 4)
        }
        if word.utf8.count > 3 { _ = drop("e", leaving: 3) }
        return word
    }

    /// Whether two stems are opposites, in the list or by a prefix.
    static func areOpposite(_ a: String, _ b: String) -> Bool {
        if PolarityWords.areAntonyms(a[...], b[...]) { return true }
        return opposites[a]?.contains(b) == true || opposites[b]?.contains(a) == true
    }

    /// The antonyms of ``PolarityWords`` that stems would miss, and a few more.
    private static let opposites: [String: Set<String>] = {
        var result: [String: Set<String>] = [:]
        for pair in pairs.split(whereSeparator: \.isWhitespace) {
            let words = pair.split(separator: "/").map { root(String($0)) }
            guard words.count == 2 else { continue }
            let (one, other) = (synonyms[words[0]] ?? words[0], synonyms[words[1]] ?? words[1])
            result[one, default: []].insert(other)
        }
        return result
    }()

    private static let pairs = """
        include/exclude include/omit enable/disable always/never accept/decline accept/refuse first/last start/end \
        keep/delete allow/block share/hide show/hide increase/decrease formal/casual formal/informal short/long \
        short/detailed early/late immediate/later encourage/discourage praise/blame trust/distrust open/close \
        public/private before/after more/less maximum/minimum plain/technical simple/complex simple/technical \
        metric/imperial fast/slow quick/slow agree/disagree follow/ignore follow/break honor/ignore raise/lower \
        high/low light/dark hot/cold wet/dry singular/plural active/passive
        """
}
