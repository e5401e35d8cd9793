// What a terminal sends for keys.
// The input: the bytes, where 0xff stands for a pause.
#include "base/keys.hpp"

#include <array>

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {

void try_input(Bytes input) {
    KeyDecoder decoder;
    std::size_t keys = 0;
    auto note = [&](std::optional<KeyPress> key) {
        if (key) ++keys;
        ensure(!key || key->key <= Key::other, "a key is one that there is");
    };
    for (char c : as_text(input)) note(c == '\xff' ? decoder.idle() : decoder.feed(c));
    note(decoder.idle());
    ensure(keys <= input.size(), "a byte is one key at most");
    note(decoder.feed('\x1b'));
    note(decoder.feed('['));
    ensure(decoder.feed('A') == Key::up, "after a pause every key is understood");
}

}  // namespace lintel::fuzz
