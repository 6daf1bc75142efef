import ConversationCache

/// Whatever makes old what was asked for before.
enum Fence: CaseIterable {
    case sendLeaves, sendEnds, sendEndsUnsent, dropsConversation, dropsToken, dropsAll, reconfigures

    /// Whether it drops what is stored.
    var drops: Bool { self != .sendLeaves && self != .sendEndsUnsent }

    func happen(to rig: inout CacheRig) {
        switch self {
        case .sendLeaves: rig.cache.beginSend(to: .named())
        case .sendEnds:
            rig.cache.beginSend(to: .named())
            rig.cache.endSend(to: .named(), isProvenNotSent: false)
        case .sendEndsUnsent:
            rig.cache.beginSend(to: .named())
            rig.cache.endSend(to: .named(), isProvenNotSent: true)
        case .dropsConversation: rig.cache.drop(.named())
        case .dropsToken: rig.cache.drop(.numbered(1))
        case .dropsAll: rig.cache.removeAll()
        case .reconfigures: rig.cache.reconfigure(CacheSettings())
        }
    }
}
