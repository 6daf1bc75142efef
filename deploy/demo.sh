#!/usr/bin/env bash
# Runs the README's tour against a gateway with a simulated Divar; exits 0 only if every step gave what it should.
set -euo pipefail

binary="${1:?the path of divar-gateway}"
directory=$(mktemp -d)
gateway_pid=""

finish() {
    if [ -n "$gateway_pid" ]; then
        kill "$gateway_pid" 2>/dev/null || true
        wait "$gateway_pid" 2>/dev/null || true
    fi
    rm -rf "$directory"
}
trap finish EXIT

cat >"$directory/gateway.yaml" <<YAML
listen: [127.0.0.1:0]
journal: {path: "$directory/journal.db"}
YAML

"$binary" serve --config "$directory/gateway.yaml" --sandbox >"$directory/out" 2>"$directory/log" &
gateway_pid=$!

address_of() {
    sed -nE "s/.*\"message\":\"$1\".*\"address\":\"([^\"]+)\".*/\1/p" "$directory/log" | head -n 1
}

for _ in $(seq 200); do
    [ -z "$(address_of listening)" ] || break
    kill -0 "$gateway_pid" 2>/dev/null || break
    sleep 0.05
done
gateway=$(address_of listening)
sandbox=$(address_of "sandbox listening")
if [ -z "$gateway" ] || [ -z "$sandbox" ]; then
    echo "the gateway did not start:" >&2
    cat "$directory/log" >&2
    exit 1
fi

failures=0
# expect NAME STATUS TEXT: runs curl with the further arguments, and looks for the status and a text in the answer.
expect() {
    local name="$1" status="$2" text="$3"
    shift 3
    local answer
    answer=$(curl --silent --show-error --max-time 10 --write-out '\n%{http_code}' "$@") || true
    if [ "${answer##*$'\n'}" = "$status" ] && [[ "$answer" == *"$text"* ]]; then
        printf 'ok    %s\n      %s\n' "$name" "${answer%$'\n'*}"
    else
        printf 'FAIL  %s: wanted %s with %s, got\n%s\n' "$name" "$status" "$text" "$answer" >&2
        failures=$((failures + 1))
    fi
}

json=(-H 'Content-Type: application/json')
user=(-H 'X-Access-Token: sandbox-user-token')

expect "the gateway is ready" 200 '"ready"' "http://$gateway/health/ready"
expect "a Persian message with two buttons is sent" 200 '"endpoint":"v1.bot.conversation"' \
    "http://$gateway/send" "${json[@]}" -d '{
      "conversation_id": "sandbox-conversation", "text": "سلام! فردا ساعت ۱۷ برای بازدید خوب است؟",
      "buttons": [[{"caption": "بله", "server_link": {"answer": "yes"}},
                   {"caption": "خیر", "server_link": {"answer": "no"}}]]}'
expect "the conversation has it" 200 'فردا ساعت ۱۷' \
    "http://$gateway/conversations/sandbox-conversation" "${user[@]}"
expect "read again it comes from memory" 200 'Cache-Status: divar-gateway; hit' \
    --include "http://$gateway/conversations/sandbox-conversation" "${user[@]}"
expect "a message is sent as the user" 200 '"endpoint":"v2.conversation"' \
    "http://$gateway/send" "${json[@]}" "${user[@]}" -d '{"conversation_id": "sandbox-conversation", "text": "As the user"}'
expect "the very next read has it" 200 'As the user' \
    "http://$gateway/conversations/sandbox-conversation" "${user[@]}"
expect "a message is sent to a user" 200 '"endpoint":"v1.bot.user"' \
    "http://$gateway/send" "${json[@]}" "${user[@]}" -d '{"user_id": "sandbox-user", "text": "To a user"}'
expect "an upload token is given" 200 '"upload_url"' -X POST "http://$gateway/upload-token"
expect "mistakes are told, all at once" 400 '/buttons/0/0' \
    "http://$gateway/send" "${json[@]}" -d '{"text": "", "buttons": [[{"caption": "x"}]]}'
expect "a conversation that Divar does not know is told so" 404 'not-found-at-divar' \
    "http://$gateway/send" "${json[@]}" -d '{"conversation_id": "nowhere", "text": "x"}'
expect "the simulated Divar took three messages" 200 'As the user' "http://$sandbox/_sandbox/ledger"

expect "a message with an idempotency key is sent" 200 '"outcome":"sent"' \
    "http://$gateway/send" "${json[@]}" -H 'Idempotency-Key: tour-1' -d '{"conversation_id": "sandbox-conversation", "text": "Once"}'
expect "the same again sends nothing and tells the same" 200 'Idempotent-Replay: true' \
    --include "http://$gateway/send" "${json[@]}" -H 'Idempotency-Key: tour-1' -d '{"conversation_id": "sandbox-conversation", "text": "Once"}'

# audit NAME TEXT: runs an audit command with the further arguments, and looks for a text in what it prints.
audit() {
    local name="$1" text="$2"
    shift 2
    local output
    output=$("$binary" audit "$@" --journal "$directory/journal.db") || true
    if [[ "$output" == *"$text"* ]]; then
        printf 'ok    %s\n      %s\n' "$name" "${output//$'\n'/$'\n      '}"
    else
        printf 'FAIL  %s: wanted %s, got\n%s\n' "$name" "$text" "$output" >&2
        failures=$((failures + 1))
    fi
}

audit "the trail names the message to the user" sandbox-user list --user sandbox-user
audit "the trail proves itself" "ok:" verify
audit "a user's messages are erased" erased erase --user sandbox-user --yes
audit "the trail still proves itself" "ok:" verify

if [ "$failures" -gt 0 ]; then
    echo "$failures step(s) failed" >&2
    exit 1
fi
echo "all steps gave what they should"
