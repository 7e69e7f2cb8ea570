#include "support/model.hpp"

namespace plume::model {

std::string describe(const Disagreement& found) {
    std::string out = found.what + "\nPLUME_MODEL_SEED=" + std::to_string(found.seed) + ", " +
                      std::to_string(found.drawn_length) + " steps shrunk to " +
                      std::to_string(found.steps.size()) + ":";
    for (const std::string& step : found.steps) out += "\n  " + step;
    return out;
}

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Plan planned(Plan plan) {
    plan.operations = number_from_environment("PLUME_MODEL_OPERATIONS", plan.operations);
    plan.seed = number_from_environment("PLUME_MODEL_SEED", plan.seed);
    plan.look = std::max<uint64_t>(1, number_from_environment("PLUME_MODEL_LOOK", plan.look));
    return plan;
}

namespace {

/// Alive before any fault of another file is counted.
size_t& fault_count() {
    static size_t count = 0;
    return count;
}

}  // namespace

size_t detail::count_fault() {
    return ++fault_count();
}

size_t planted_faults() {
    return fault_count();
}

}  // namespace plume::model
