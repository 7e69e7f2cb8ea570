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

}  // namespace plume::model
