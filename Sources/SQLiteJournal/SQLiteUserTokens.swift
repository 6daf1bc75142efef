internal import FoundationEssentials
internal import GRDB
internal import Journal
internal import Messaging

/// Reads and writes users' tokens.
enum SQLiteUserTokens {
    static func page(after user: AppUser?, limit: Int, in database: Database) throws -> [StoredUserTokens] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT app, name, master, key, sealed FROM user_token JOIN user_token_key USING (slot)
                WHERE (app, name) > (?, ?) ORDER BY app, name LIMIT ?
                """,
            arguments: [user?.app.text ?? "", user?.name.text ?? "", limit]
        ).map { row in
            let (key, sealed): (Data, Data) = (try row.value("key"), try row.value("sealed"))
            guard let app = AppName(try row.value("app")), let name = UserName(try row.value("name")) else {
                throw JournalStoreError(.corrupt, "the tokens of a user can not be read")
            }
            return StoredUserTokens(
                user: AppUser(app: app, name: name), master: try row.value("master"), key: Array(key),
                sealed: Array(sealed)
            )
        }
    }

    static func write(_ change: StoredTokensChange, in database: Database) throws {
        switch change {
        case .keep(let tokens): try keep(tokens, in: database)
        case .remove(let user):
            guard let slot = try slot(of: user, in: database) else { return }
            try run(
                "UPDATE user_token_key SET used = 0, key = zeroblob(length(key)) WHERE slot = ?", [slot], in: database)
            try run(
                "DELETE FROM user_token WHERE app = ? AND name = ?", [user.app.text, user.name.text], in: database)
        }
    }

    private static func keep(_ tokens: StoredUserTokens, in database: Database) throws {
        let (app, name) = (tokens.user.app.text, tokens.user.name.text)
        let (key, sealed) = (Data(tokens.key), Data(tokens.sealed))
        if let slot = try slot(of: tokens.user, in: database) {
            try run(
                "UPDATE user_token_key SET master = ?, key = ? WHERE slot = ?", [tokens.master, key, slot], in: database
            )
            try run(
                "UPDATE user_token SET sealed = ? WHERE app = ? AND name = ?", [sealed, app, name], in: database)
            return
        }
        let free = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT slot FROM user_token_key WHERE used = 0 LIMIT 1"))
        if let free {
            try run(
                "UPDATE user_token_key SET used = 1, master = ?, key = ? WHERE slot = ?", [tokens.master, key, free],
                in: database)
        } else {
            try run(
                "INSERT INTO user_token_key(used, master, key) VALUES (1, ?, ?)", [tokens.master, key], in: database)
        }
        let slot = free ?? Int(database.lastInsertedRowID)
        try run(
            "INSERT INTO user_token(app, name, slot, sealed) VALUES (?, ?, ?, ?)", [app, name, slot, sealed],
            in: database)
    }

    private static func slot(of user: AppUser, in database: Database) throws -> Int? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT slot FROM user_token WHERE app = ? AND name = ?"),
            arguments: [user.app.text, user.name.text]
        ).map { try $0.value("slot") }
    }

    private static func run(_ sql: String, _ arguments: StatementArguments, in database: Database) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
