#include "conformance/cases.hpp"

namespace plume::conformance {

Outcome Outcome::skipped(std::string reason) {
    Outcome out;
    out.skip_reason_ = std::move(reason);
    return out;
}

Outcome Outcome::failed(std::string failure) {
    Outcome out;
    out.failures_ = std::move(failure);
    return out;
}

void Outcome::fail(const std::string& line) {
    if (!failures_.empty()) failures_ += '\n';
    failures_ += line;
}

void Outcome::expect(bool holds, const std::string& otherwise) {
    if (!holds) fail(otherwise);
}

void Outcome::expect_equal(std::string_view what, std::string_view expected,
                           std::string_view found) {
    if (expected != found)
        fail(std::string(what) + ": expected " + std::string(expected) + ", found " +
             std::string(found));
}

void Outcome::expect_equal(std::string_view what, const Bytes& expected, const Bytes& found) {
    if (expected != found) expect_equal(what, to_hex(expected), to_hex(found));
}

Cases one_case(const Entry& entry, Outcome (*run)(const boost::json::value& value)) {
    return {{entry.name, [run, &value = entry.value] { return run(value); }}};
}

Cases skipped_case(const Entry& entry, std::string reason) {
    return {{entry.name, [reason = std::move(reason)] { return Outcome::skipped(reason); }}};
}

}  // namespace plume::conformance
