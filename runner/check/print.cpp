// See the header.
#include "runner/check/print.hpp"

#include <nlohmann/json.hpp>

namespace lintel::runner {

namespace {

std::string_view word_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            return "note";
    }
    return "";
}

Tone tone_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return Tone::bad;
        case Severity::warning:
            return Tone::warning;
        case Severity::note:
            return Tone::faint;
    }
    return Tone::plain;
}

/// "0xffffffff80001000 requests (kernel/main.cpp:12): mov eax, 1", without what is not known.
std::string text_of(const Spot& spot) {
    std::string text = spot.address == 0 ? std::string() : fmt::format("0x{:016x}", spot.address);
    auto add = [&](const std::string& what) { text += (text.empty() ? "" : " ") + what; };
    if (!spot.symbol.empty()) add(spot.symbol);
    if (!spot.source.empty()) add(spot.address == 0 && spot.symbol.empty() ? spot.source : "(" + spot.source + ")");
    if (!spot.detail.empty()) text += (text.empty() ? "" : ": ") + spot.detail;
    return text;
}

std::string sum_of(const Remarks& remarks, const fs::path& file, const Palette& palette) {
    auto count = [&](Severity severity) { return std::ranges::count(remarks, severity, &Remark::severity); };
    if (!has_faults(remarks))
        return fmt::format("{}: {}\n", file.string(), palette.paint(Tone::good, "no errors, no warnings"));
    auto of = [](auto number, std::string_view word) {
        return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
    };
    const auto errors = count(Severity::error);
    return fmt::format("{}: {}\n", file.string(),
                       palette.paint(errors == 0 ? Tone::warning : Tone::bad,
                                     of(errors, "error") + ", " + of(count(Severity::warning), "warning")));
}

nlohmann::json json_of(const Spot& spot) {
    nlohmann::json object = nlohmann::json::object();
    if (spot.address != 0) object["address"] = fmt::format("0x{:016x}", spot.address);
    if (!spot.symbol.empty()) object["symbol"] = spot.symbol;
    if (!spot.source.empty()) object["source"] = spot.source;
    if (!spot.detail.empty()) object["detail"] = spot.detail;
    return object;
}

nlohmann::json json_of(const Remarks& remarks) {
    nlohmann::json list = nlohmann::json::array();
    for (const Remark& remark : remarks) {
        nlohmann::json object = {{"severity", word_of(remark.severity)}, {"name", remark.name}, {"text", remark.text}};
        if (!remark.advice.empty()) object["advice"] = remark.advice;
        object["spots"] = nlohmann::json::array();
        for (const Spot& spot : remark.spots) object["spots"].push_back(json_of(spot));
        list.push_back(std::move(object));
    }
    return list;
}

/// Names in a foreign file may be no UTF-8.
std::string dump(const nlohmann::json& object) {
    return object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string text_of(const Remarks& remarks, const Palette& palette) {
    std::string text;
    for (const Remark& remark : remarks) {
        text += fmt::format("{}: {} {}\n", palette.paint(tone_of(remark.severity), word_of(remark.severity)),
                            remark.text, palette.paint(Tone::faint, "[" + remark.name + "]"));
        for (const Spot& spot : remark.spots) text += fmt::format("    {}\n", text_of(spot));
        if (!remark.advice.empty())
            text += fmt::format("    {} {}\n", palette.paint(Tone::good, "help:"), remark.advice);
    }
    return text;
}

std::string text_of(const KernelReport& report, const fs::path& file, const Palette& palette) {
    std::string text;
    if (report.base_revision) text += fmt::format("base revision {}\n", *report.base_revision);
    for (const ListedRequest& request : report.requests)
        text += fmt::format("request {}, revision {}: {}\n", palette.paint(Tone::strong, request.feature),
                            request.revision, text_of(request.spot));
    return text + text_of(report.remarks, palette) + sum_of(report.remarks, file, palette);
}

std::string text_of(const ConfigurationReport& report, const fs::path& file, const Palette& palette) {
    return text_of(report.remarks, palette) + sum_of(report.remarks, file, palette);
}

std::string json_of(const KernelReport& report, const fs::path& file) {
    nlohmann::json object = {{"file", file.string()}, {"kind", "kernel"}, {"requests", nlohmann::json::array()}};
    if (report.base_revision) object["base_revision"] = *report.base_revision;
    for (const ListedRequest& request : report.requests) {
        nlohmann::json one = json_of(request.spot);
        one["feature"] = request.feature;
        one["revision"] = request.revision;
        object["requests"].push_back(std::move(one));
    }
    object["findings"] = json_of(report.remarks);
    return dump(object);
}

std::string json_of(const ConfigurationReport& report, const fs::path& file) {
    return dump({{"file", file.string()}, {"kind", "configuration"}, {"findings", json_of(report.remarks)}});
}

}  // namespace lintel::runner
