/// A bug that the shell of the simulation can have, to see that the invariants notice it.
enum Plant: String, CaseIterable, Sendable {
    case retriesAfterTheFirstByte
    case sendsBeforeTheIntentIsDurable
    case answersBeforeTheRecord
    case answersWhatIsNotSynced
    case forgetsTheQuota
    case losesCompletions
    case readsPastTheFence
    case sharesTheCache
    case sendsTheUnknownAgain
    case forgetsThatItBegan
    case ignoresKeys
    case guessesThatItWasSent
}
