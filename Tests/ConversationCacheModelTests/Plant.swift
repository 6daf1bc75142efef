/// A mistake that the driver makes on purpose, so that the checker can be seen to find it.
enum Plant: CaseIterable {
    case forgetsSends
    case forgetsWebhooks
    case forgetsRefusals
    case mixesApps
    case mixesConversations
    case mixesTokens
    case forgetsTokenEnds
    case losesFetches
    case ignoresWishes
    case livesInThePast
}
