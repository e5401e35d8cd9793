// What a run leaves behind in a folder: serial.log, screen.png, autopsy.txt.
// Invariant: files of an earlier run in the same folder do not outlive the next one.
#pragma once

#include "runner/autopsy/autopsy.hpp"

namespace lintel::runner {

class Artifacts {
public:
    /// Makes the folder.
    static Outcome<Artifacts> open(const fs::path& folder);

    /// The next bytes of the serial line.
    void take_serial(std::string_view bytes);
    /// To be called while the machine still stands. `autopsy` may be null.
    Outcome<void> finish(Machine& machine, const Conclusion& conclusion, const Autopsy* autopsy);

private:
    explicit Artifacts(fs::path folder, Descriptor serial) : folder_(std::move(folder)), serial_(std::move(serial)) {}

    fs::path folder_;
    Descriptor serial_;
    bool failed_ = false;
};

}  // namespace lintel::runner
