extension LibraryReport {
    /// Where the library draws its line, and how well that has held; see ``Calibration``.
    public struct CalibrationFigures: Sendable, Hashable, Encodable {
        /// How often something was seen, and the interval that holds its true rate in 95 of 100 cases.
        public struct Rate: Sendable, Hashable, Encodable {
            public var count: Int
            public var total: Int
            /// Nil where nothing was observed.
            public var rate: Double?
            public var low: Double
            public var high: Double

            init(_ observed: ObservedRate) {
                (count, total, rate) = (observed.count, observed.total, observed.rate)
                (low, high) = (observed.interval.lowerBound, observed.interval.upperBound)
            }
        }

        public var threshold: Double
        /// Guidelines that it gives thresholds of their own.
        public var guidelineThresholds: Int
        /// What a margin of one is worth in similarity; 0 where inputs are not compared with precedents.
        public var weight: Double
        /// The guidelines that it is about, as a filter; nil for all.
        public var scope: String?
        /// The rate of false alarms that it promises, and with which confidence.
        public var falseAlarmRate: Double
        public var confidence: Double
        /// Whether there were too few inputs to promise it.
        public var isUncertain: Bool
        public var falseAlarms: Rate
        public var detections: Rate
        public var libraryVersion: Int

        init(_ calibration: Calibration) {
            (threshold, weight) = (Double(calibration.threshold), Double(calibration.weight))
            guidelineThresholds = calibration.guidelineThresholds.count
            scope = calibration.scope.map { "\($0)" }
            (falseAlarmRate, confidence) = (calibration.falseAlarmRate, calibration.confidence)
            isUncertain = calibration.isUncertain
            (falseAlarms, detections) = (Rate(calibration.falseAlarms), Rate(calibration.detections))
            libraryVersion = calibration.libraryVersion
        }
    }
}

extension LibraryReport.CalibrationFigures {
    /// - Parameter version: of the library as it is.
    func html(version: Int) -> HTML {
        let whose =
            guidelineThresholds > 0 ? "\(Figure.count(guidelineThresholds)) guidelines have their own" : "for all"
        let margin =
            weight > 0
            ? "; evidence is similarity and \(Figure.decimal(weight, 1)) times the margin of precedents" : ""
        let facts: [(String, String)] = [
            ("Threshold", "\(Figure.decimal(threshold, 4)), \(whose)\(margin)"),
            ("Guidelines", scope.map { "where \($0)" } ?? "all"),
            (
                "Promise",
                "false alarms for at most \(Figure.percent(falseAlarmRate)) of inputs to which nothing applies, with a "
                    + "confidence of \(Figure.decimal(confidence, 2))"
            ),
            (
                "Made for",
                libraryVersion == version
                    ? "version \(Figure.count(version)), the library as it is"
                    : "version \(Figure.count(libraryVersion)); the library is at \(Figure.count(version))"
            ),
        ]
        let list = facts.html { "<div><dt>\($0.0)</dt><dd><bdi>\($0.1)</bdi></dd></div>" }
        let warning: HTML =
            isUncertain
            ? "<p class=\"warning\">There were too few inputs to which nothing applies to promise this rate.</p>" : ""
        let chart = IntervalChart(
            title: "Observed rates, with intervals that hold the true rate in 95 of 100 cases",
            rows: [
                .init(label: "False alarms", rate: falseAlarms, limit: falseAlarmRate),
                .init(label: "Detected", rate: detections, limit: nil),
            ])
        return """
            <h3>Calibration</h3><dl class="pairs">\(list)</dl>\(warning)\(chart.html)
            <p class="note">Each input was judged by what was learned from others. The tick marks the promised rate.</p>

            """
    }
}
