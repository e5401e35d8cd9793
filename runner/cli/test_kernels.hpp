// `lintel test` for kernels of the person's own.
// Invariant: every kernel gets a machine of its own and a result, and results appear in the order of the kernels.
#pragma once

#include <string>
#include <vector>

#include "runner/cli/command_line.hpp"
#include "runner/project/test_report.hpp"
#include "runner/project/test_selection.hpp"

namespace lintel::runner {

struct TestOptions {
    std::vector<std::string> kernels{};  // files, or patterns for them
    ImageOptions image{};
    MachineOptions machine{.firmware = FirmwareWish::direct};
    std::string filter{};
    std::string shard{};
    double timeout = 20;  // seconds, for each test
    unsigned jobs = 0;    // machines that run side by side; 0 for one on each processor
    unsigned retries = 0;
    ReportFormat format = ReportFormat::human;
    std::string output{};     // a file for the report, in place of standard output
    std::string artifacts{};  // a folder for what failures leave
};

Outcome<Exit> test_kernels(const Project& project, const TestOptions& options, const Palette& palette);

}  // namespace lintel::runner
