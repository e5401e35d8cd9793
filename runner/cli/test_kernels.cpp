// See the header.
#include "runner/cli/test_kernels.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>

#include "runner/autopsy/autopsy.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

/// The newest part of a log is the telling one; a kernel that writes without end must not fill the memory.
constexpr std::size_t most_log = 4 << 20;

void append(std::string& log, std::string_view text) {
    log += text;
    if (log.size() > 2 * most_log) log.erase(0, log.size() - most_log);
}

class KernelTests {
public:
    KernelTests(const Project& project, const TestOptions& options, std::vector<TestKernel> kernels, Signals& signals,
                const Palette& palette)
        : project_(project),
          options_(options),
          kernels_(std::move(kernels)),
          signals_(signals),
          palette_(palette),
          results_(kernels_.size()) {}

    Outcome<std::vector<KernelResult>> run() {
        const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
        const std::size_t jobs =
            std::min<std::size_t>(options_.jobs != 0 ? options_.jobs : processors, kernels_.size());
        {
            std::vector<std::jthread> workers;
            workers.reserve(jobs);
            for (std::size_t i = 0; i < jobs; ++i) workers.emplace_back([this] { work(); });
        }
        progress_.clear();
        if (failure_) return std::unexpected(*failure_);
        std::vector<KernelResult> results;
        results.reserve(results_.size());
        for (auto& result : results_) results.push_back(*std::move(result));
        return results;
    }

private:
    void work() {
        for (std::size_t i = next_++; i < kernels_.size() && !stopped_; i = next_++) {
            auto result = test(kernels_[i]);
            const std::scoped_lock lock(mutex_);
            if (!result) {
                if (!failure_) failure_ = result.error();
                stopped_ = true;
                return;
            }
            results_[i] = *std::move(result);
            print_finished();
        }
    }

    /// In the order of the kernels, whichever was quicker.
    void print_finished() {
        const bool human = options_.format == ReportFormat::human || !options_.output.empty();
        for (; printed_ < results_.size() && results_[printed_]; ++printed_) {
            if (!human) continue;
            progress_.clear();
            print(lines_for(*results_[printed_], palette_));
        }
    }

    Outcome<KernelResult> test(const TestKernel& kernel) {
        KernelResult result;
        for (unsigned attempt = 1; attempt <= options_.retries + 1; ++attempt) {
            result = TRY(boot(kernel));
            result.attempts = attempt;
            if (result.passed()) break;
        }
        return result;
    }

    Outcome<KernelResult> boot(const TestKernel& kernel) {
        ImageOptions image = options_.image;
        image.kernel = kernel.file;
        image.foreign = true;
        auto source = TRY(prepare_boot(project_, image, options_.machine.firmware));
        auto setup = TRY(prepare_machine(project_, options_.machine, source));
        auto machine = TRY(Machine::start(setup.configuration, false));

        const auto begin = Clock::now();
        const auto limit = std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(options_.timeout));
        TestLog log(begin);
        std::string raw;
        KernelResult result;
        WatchOptions watching{.until_halt = true};
        watching.raw = [&](std::string_view bytes) { append(raw, bytes); };
        watching.plain = [&](std::string_view text) {
            append(result.log, text);
            log.feed(text, Clock::now());
        };
        watching.finished = [&]() -> std::optional<Conclusion> {
            if (stopped_) return Conclusion{Verdict::interrupted, ""};
            show(kernel, log);
            if (options_.timeout > 0 && Clock::now() - log.progress() > limit)
                return Conclusion{Verdict::timed_out, ""};
            return std::nullopt;
        };
        Conclusion conclusion = watch(machine, signals_, watching);
        if (conclusion.verdict == Verdict::interrupted)
            return std::unexpected(Failure{"interrupted", Exit::interrupted});
        // What is no ELF is the loader's business to refuse.
        auto debug_info = DebugInfo::open(kernel.file);
        auto autopsy = examine(machine, debug_info ? &*debug_info : nullptr, conclusion, result.log);
        std::string text = std::move(result.log);
        result = judge(kernel.name, log, conclusion);
        result.log = std::move(text);
        result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        keep_artifacts(kernel, result, raw, autopsy ? autopsy->text : "", machine, conclusion.verdict);
        machine.stop();
        return result;
    }

    /// A failure to keep them is said, and changes no result.
    void keep_artifacts(const TestKernel& kernel, const KernelResult& result, std::string_view raw,
                        std::string_view autopsy, Machine& machine, Verdict verdict) {
        std::string folder_name = kernel.name;
        std::ranges::replace(folder_name, '/', '_');
        const fs::path folder = fs::path(options_.artifacts) / folder_name;
        std::error_code ignored;
        for (const char* old : {"serial.log", "report.txt", "screen.png", "autopsy.txt"})
            fs::remove(folder / old, ignored);
        if (result.passed()) {
            fs::remove(folder, ignored);
            return;
        }
        auto kept = [&]() -> Outcome<void> {
            TRY(make_folders(folder));
            TRY(replace_file(folder / "serial.log", raw));
            TRY(replace_file(folder / "report.txt", lines_for(result, Palette(false))));
            if (!autopsy.empty()) TRY(replace_file(folder / "autopsy.txt", autopsy));
            if (still_there(verdict))
                TRY(machine.control().screenshot(folder / "screen.png", Clock::now() + std::chrono::seconds(10)));
            return {};
        }();
        if (kept) return;
        progress_.clear();
        say(fmt::format("what {} left is not kept: {}", kernel.name, kept.error().sentence));
    }

    /// Of those that run side by side, the first.
    void show(const TestKernel& kernel, const TestLog& log) {
        const std::size_t first = printed_;
        if (first >= kernels_.size() || kernels_[first].file != kernel.file) return;
        const std::string test = log.running() != nullptr ? ": " + log.running()->name : "";
        progress_.show(fmt::format("[{}/{}] {}{}", first + 1, kernels_.size(), kernel.name, test));
    }

    const Project& project_;
    const TestOptions& options_;
    const std::vector<TestKernel> kernels_;
    Signals& signals_;
    const Palette& palette_;
    ProgressLine progress_{};
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::size_t> printed_ = 0;  // kernels whose results have appeared; changes under the mutex
    std::mutex mutex_{};                    // guards what follows
    std::vector<std::optional<KernelResult>> results_;
    std::optional<Failure> failure_{};
};

Outcome<void> check_readable(const std::vector<TestKernel>& kernels) {
    for (const TestKernel& kernel : kernels)
        if (std::error_code error; fs::file_size(kernel.file, error) == 0 || error)
            return refuse("{} is empty", kernel.file.string());
    return {};
}

Outcome<void> publish(std::span<const KernelResult> results, const TestOptions& options) {
    const std::string report = report_of(results, options.format);
    if (options.output.empty()) {
        if (options.format != ReportFormat::human) print(report);
        return {};
    }
    return replace_file(options.output, report);
}

}  // namespace

Outcome<Exit> test_kernels(const Project& project, const TestOptions& options, const Palette& palette) {
    const Shard shard = options.shard.empty() ? Shard{} : TRY(parse_shard(options.shard));
    auto named = TRY(find_kernels(options.kernels));
    auto kernels = part_of(TRY(filtered(std::move(named), options.filter)), shard);
    TRY(check_readable(kernels));
    auto signals = TRY(Signals::listen());
    const auto begin = Clock::now();
    auto results = TRY(KernelTests(project, options, kernels, signals, palette).run());
    TRY(publish(results, options));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    say(fmt::format("{} ({:.1f} s)", summary_of(results), seconds));
    const Exit code = exit_code(results);
    if (code != Exit::success) say(fmt::format("artifacts    {}", options.artifacts));
    if (!options.output.empty()) say(fmt::format("report       {}", options.output));
    return code;
}

}  // namespace lintel::runner
