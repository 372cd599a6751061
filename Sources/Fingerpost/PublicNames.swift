// The types of the layers below that this module's interface speaks of, so that `import Fingerpost` is all a program needs.

import GuidelineStore
import TextEncoder
import VectorIndex

public typealias EncoderRecord = GuidelineStore.EncoderRecord
public typealias ExportFormat = GuidelineStore.ExportFormat
public typealias ExportSummary = GuidelineStore.ExportSummary
public typealias Guideline = GuidelineStore.Guideline
public typealias GuidelineChange = GuidelineStore.GuidelineChange
public typealias GuidelineDifference = GuidelineStore.GuidelineDifference
public typealias GuidelineExporter = GuidelineStore.GuidelineExporter
public typealias GuidelineFilter = GuidelineStore.GuidelineFilter
public typealias GuidelineImporter = GuidelineStore.GuidelineImporter
public typealias GuidelineStoreError = GuidelineStore.GuidelineStoreError
public typealias GuidelineVersion = GuidelineStore.GuidelineVersion
public typealias ImportFormat = GuidelineStore.ImportFormat
public typealias ImportNotice = GuidelineStore.ImportNotice
public typealias ImportOptions = GuidelineStore.ImportOptions
public typealias InputLocation = GuidelineStore.InputLocation
public typealias InputSource = GuidelineStore.InputSource
public typealias JSONValue = GuidelineStore.JSONValue
public typealias LibraryRelease = GuidelineStore.LibraryRelease
public typealias LibraryStatistics = GuidelineStore.LibraryStatistics
public typealias PassageField = GuidelineStore.PassageField
public typealias PromotionOutcome = GuidelineStore.PromotionOutcome
public typealias RiskTaxonomy = GuidelineStore.RiskTaxonomy
public typealias RollbackOutcome = GuidelineStore.RollbackOutcome
public typealias TextDifference = GuidelineStore.TextDifference
public typealias UpsertOutcome = GuidelineStore.UpsertOutcome

public typealias EncoderError = TextEncoder.EncoderError
public typealias EncoderIdentity = TextEncoder.EncoderIdentity
public typealias PretrainedEncoder = TextEncoder.PretrainedEncoder
public typealias SentenceEncoder = TextEncoder.SentenceEncoder

public typealias HNSWConfiguration = VectorIndex.HNSWConfiguration
public typealias VectorIndexError = VectorIndex.VectorIndexError
