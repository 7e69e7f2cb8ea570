// Attestations against a plain model: missions, those who may speak on them, what they say, correct
// and withdraw, and everything that expires or is revoked in between.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "contracts/attestations.hpp"
#include "support/model.hpp"
#include "support/records.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;

constexpr size_t people_count = 4;  // the first founds
constexpr size_t period_count = 2;
constexpr uint64_t newest_shown = 8;
const Hash indicator = keccak256("pupils");
const std::string mission_text = "string mission";
const std::string note_text = "string note";

Address someone(size_t n) {
    return person(static_cast<uint16_t>(70 + n));
}

struct Step {
    enum class Kind : uint8_t { found, note, appoint, indicate, revoke, pass };
    Kind kind = Kind::pass;
    uint8_t by = 0;
    uint8_t about = 0;     ///< who is appointed; or a period
    uint8_t which = 0;     ///< a mission or a record, counted from the newest
    uint64_t seconds = 0;  ///< to pass; or until it expires, 0 for never
    int64_t value = 0;     ///< what is said; or whether a note can be revoked
};

struct Model {
    enum class Kind : uint8_t { mission, note, appointment, indication };
    struct Record {
        Hash uid;
        Kind kind = Kind::note;
        uint8_t by = 0;
        uint8_t about = 0;
        size_t mission = 0;
        uint64_t time = 0, expires = 0, revoked_at = 0;
        bool is_revocable = true;

        friend bool operator==(const Record&, const Record&) = default;
    };
    struct Seat {
        uint8_t agent = 0;
        uint64_t expires = 0;
        uint32_t number = 0;

        friend bool operator==(const Seat&, const Seat&) = default;
    };
    struct Vote {
        size_t record = 0;
        int64_t value = 0;
        uint64_t block = 0, expires = 0;

        friend bool operator==(const Vote&, const Vote&) = default;
    };
    struct Mission {
        size_t record = 0;
        std::vector<Seat> seats;
        uint32_t appointed = 0;
        std::map<std::pair<uint32_t, uint8_t>, Vote> votes;  // by appointment and period

        friend bool operator==(const Mission&, const Mission&) = default;
    };

    std::vector<Record> records;
    std::vector<Mission> missions;
    uint64_t now = 0, block = 0;

    friend bool operator==(const Model&, const Model&) = default;

    bool is_over(uint64_t expires) const { return expires != 0 && expires <= now; }
    bool stands(const Record& record) const {
        return record.revoked_at == 0 && !is_over(record.expires);
    }
    bool stands(const Mission& mission) const { return stands(records[mission.record]); }
    const Seat* seat_of(const Mission& mission, uint8_t who) const {
        const auto found = std::ranges::find(mission.seats, who, &Seat::agent);
        return found == mission.seats.end() ? nullptr : &*found;
    }
    bool is_live(size_t index) const {
        const Record& record = records[index];
        if (!stands(record)) return false;
        if (record.kind < Kind::appointment) return true;
        const Mission& mission = missions[record.mission];
        if (!stands(mission)) return false;
        if (record.kind == Kind::appointment) return true;
        const Seat* seat = seat_of(mission, record.by);
        if (seat == nullptr || is_over(seat->expires)) return false;
        const auto vote = mission.votes.find({seat->number, record.about});
        return vote != mission.votes.end() && vote->second.record == index;
    }
    /// How many say that it came to `value` at least, and how many that it did not.
    std::pair<uint64_t, uint64_t> count(const Mission& mission, uint8_t period,
                                        int64_t value) const {
        std::pair<uint64_t, uint64_t> out;
        for (const Seat& seat : mission.seats) {
            const auto vote = mission.votes.find({seat.number, period});
            if (is_over(seat.expires) || vote == mission.votes.end()) continue;
            if (vote->second.block >= block || is_over(vote->second.expires)) continue;
            ++(vote->second.value >= value ? out.first : out.second);
        }
        return out;
    }
    Record* newest(uint8_t back) {
        return back < records.size() ? &records[records.size() - 1 - back] : nullptr;
    }
    std::optional<size_t> newest_mission(uint8_t back) const {
        if (back >= missions.size()) return std::nullopt;
        return missions.size() - 1 - back;
    }
    uint64_t expiry(const Step& step) const { return step.seconds == 0 ? 0 : now + step.seconds; }
    Record& add(const Step& step, Kind kind) {
        records.push_back({.kind = kind,
                           .by = step.by,
                           .about = step.about,
                           .time = now,
                           .expires = expiry(step)});
        return records.back();
    }
    bool appoint(const Step& step) {
        const auto index = newest_mission(step.which);
        if (!index) return false;
        Mission& mission = missions[*index];
        if (!stands(mission) || records[mission.record].by != step.by) return false;
        if (seat_of(mission, step.about) != nullptr) return false;
        mission.seats.push_back({step.about, expiry(step), ++mission.appointed});
        add(step, Kind::appointment).mission = *index;
        return true;
    }
    bool indicate(const Step& step) {
        const auto index = newest_mission(step.which);
        if (!index) return false;
        add(step, Kind::indication).mission = *index;
        Mission& mission = missions[*index];
        if (const Seat* seat = seat_of(mission, step.by))
            mission.votes[{seat->number, step.about}] = {records.size() - 1, step.value, block,
                                                         expiry(step)};
        return true;
    }
    bool revoke(const Step& step) {
        Record* record = newest(step.which);
        if (record == nullptr || record->by != step.by || !record->is_revocable) return false;
        if (record->revoked_at != 0) return false;
        record->revoked_at = now;
        if (record->kind < Kind::appointment) return true;
        Mission& mission = missions[record->mission];
        if (record->kind == Kind::appointment) {
            // The last one takes the free seat.
            const auto seat = std::ranges::find(mission.seats, record->about, &Seat::agent);
            *seat = mission.seats.back();
            mission.seats.pop_back();
            return true;
        }
        const Seat* seat = seat_of(mission, record->by);
        if (seat == nullptr) return true;
        const auto vote = mission.votes.find({seat->number, record->about});
        const auto index = static_cast<size_t>(record - records.data());
        if (vote != mission.votes.end() && vote->second.record == index) mission.votes.erase(vote);
        return true;
    }
};

template <class Contract>
struct AttestationsTrial {
    using Operation = Step;

    AttestationsTrial() : world({&type(), 1}) {
        at = world.create(person(1), "Tried", {}).template value<Address>();
        for (const bool is_revocable : {true, false})
            for (const std::string& text : {mission_text, note_text})
                world.template send<"register(string,address,bool)">(person(1), at, text, Address{},
                                                                     is_revocable);
        world.expect_broken_invariants();
        follow_time();
    }
    static const NativeType& type() {
        static const NativeType one = native_type<Contract>(60'084, 1, "Tried");
        return one;
    }

    static Step draw(model::Random& random) {
        using Kind = Step::Kind;
        static constexpr std::array kinds{
            Kind::found,    Kind::note,     Kind::appoint,  Kind::appoint,  Kind::appoint,
            Kind::indicate, Kind::indicate, Kind::indicate, Kind::indicate, Kind::revoke,
            Kind::revoke,   Kind::revoke,   Kind::pass,     Kind::pass,     Kind::pass};
        Step out{.kind = kinds[random() % kinds.size()],
                 .by = static_cast<uint8_t>(random() % people_count),
                 .about = static_cast<uint8_t>(random() % people_count)};
        if (out.kind == Kind::found && random() % 3 != 0) out.kind = Kind::indicate;
        if (out.kind == Kind::appoint && random() % 4 != 0) out.by = 0;
        if (out.kind == Kind::found) out.by = random() % 4 == 0 ? out.by : uint8_t{0};
        if (out.kind == Kind::indicate) out.about %= period_count;
        out.which = static_cast<uint8_t>(random() % (out.kind == Kind::revoke ? newest_shown : 2));
        out.value = static_cast<int64_t>(random() % 7) - 3;
        if (random() % 3 == 0) out.seconds = 1 + random() % 400;
        if (out.kind == Kind::pass) out.seconds = random() % (random() % 4 == 0 ? 400 : 3);
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {{.kind = Kind::found},
                {.kind = Kind::appoint, .about = 1},
                {.kind = Kind::appoint, .about = 2, .seconds = 3},
                {.kind = Kind::indicate, .by = 1, .value = 3},
                {.kind = Kind::indicate, .by = 2, .value = -3},
                {.kind = Kind::revoke, .by = 0},
                {.kind = Kind::revoke, .by = 0, .which = 1},
                {.kind = Kind::revoke, .by = 1},
                {.kind = Kind::pass, .seconds = 1},
                {.kind = Kind::pass, .seconds = 3}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"found", "note", "appoint", "indicate", "revoke", "pass"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " by " +
               std::to_string(step.by) + " about " + std::to_string(step.about) + " which " +
               std::to_string(step.which) + " seconds " + std::to_string(step.seconds) + " value " +
               std::to_string(step.value);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Step& step) {
        if (step.kind == Step::Kind::pass) {
            world.advance(step.seconds);
            follow_time();
            return std::nullopt;
        }
        const Outcome out = act(step);
        const bool expected = predict(step);
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        if (expected && step.kind != Step::Kind::revoke)
            model.records.back().uid = out.template value<Hash>();
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        const size_t count = model.records.size();
        for (size_t i = count - std::min<size_t>(count, newest_shown); i < count; ++i)
            if (auto different = compare_record(i)) return different;
        for (uint8_t back = 0; back < 2; ++back)
            if (const auto index = model.newest_mission(back))
                if (auto different = compare_mission(model.missions[*index])) return different;
        return std::nullopt;
    }

private:
    template <FixedText text, class... T>
    Outcome ask(const T&... arguments) {
        return world.template ask<text>(at, arguments...);
    }
    std::optional<std::string> compare_record(size_t index) {
        const Model::Record& record = model.records[index];
        if (ask<"isLive(bytes32)">(record.uid).template value<bool>() != model.is_live(index))
            return "whether record " + std::to_string(index) + " is live";
        const auto kept =
            ask<"getAttestation(bytes32)">(record.uid).template value<eas::Attestation>();
        if (kept.attester != someone(record.by) || kept.time != record.time ||
            kept.expiration_time != record.expires || kept.revocation_time != record.revoked_at)
            return "record " + std::to_string(index);
        return std::nullopt;
    }
    std::optional<std::string> compare_mission(const Model::Mission& mission) {
        const Hash& subject = model.records[mission.record].uid;
        std::vector<Address> agents;
        for (const Model::Seat& seat : mission.seats) agents.push_back(someone(seat.agent));
        if (ask<"agents(bytes32)">(subject).template value<std::vector<Address>>() != agents)
            return "the agents";
        const auto at_least = static_cast<uint8_t>(Comparison::greater_or_equal);
        for (uint8_t period = 0; period < period_count; ++period) {
            for (const int64_t value : {-1, 2}) {
                const Outcome said = ask<"kpiVotes(bytes32,bytes32,uint64,uint64,uint8,int256)">(
                    subject, indicator, uint64_t{period}, uint64_t{period}, at_least,
                    i256::of(value));
                if (said.ok() != model.stands(mission)) return "whether votes are counted";
                const auto [yes, no] = model.count(mission, period, value);
                if (said.ok() && said.result.output != abi::encode(u256{yes}, u256{no}))
                    return "the votes";
            }
        }
        return std::nullopt;
    }
    void follow_time() {
        model.now = world.block().timestamp;
        model.block = world.block().number;
    }

    bool predict(const Step& step) {
        switch (step.kind) {
            case Step::Kind::found:
                model.missions.push_back({.record = model.records.size()});
                model.add(step, Model::Kind::mission);
                return true;
            case Step::Kind::note:
                model.add(step, Model::Kind::note).is_revocable = step.value >= 0;
                return true;
            case Step::Kind::appoint:
                return model.appoint(step);
            case Step::Kind::indicate:
                return model.indicate(step);
            default:
                return model.revoke(step);
        }
    }
    Outcome attest(const Step& step, const Hash& schema, const Address& recipient,
                   const Hash& about, const Bytes& data, bool is_revocable = true) {
        return world.template send<test::attest_text>(
            someone(step.by), at,
            eas::AttestationRequest{schema,
                                    {.recipient = recipient,
                                     .expiration_time = model.expiry(step),
                                     .revocable = is_revocable,
                                     .ref_uid = about,
                                     .data = data,
                                     .value = {}}});
    }
    static Hash schema_of(const Model::Record& record) {
        switch (record.kind) {
            case Model::Kind::mission:
                return eas::schema_uid(mission_text, {}, true);
            case Model::Kind::note:
                return eas::schema_uid(note_text, {}, record.is_revocable);
            case Model::Kind::appointment:
                return Attestations::agent_schema_uid();
            default:
                return Attestations::indicator_schema_uid();
        }
    }
    /// Before the model has done it. What is about nothing is about a record that nobody made.
    Outcome act(const Step& step) {
        const auto index = model.newest_mission(step.which);
        const Hash subject =
            index ? model.records[model.missions[*index].record].uid : keccak256("nothing");
        switch (step.kind) {
            case Step::Kind::found:
                return attest(step, eas::schema_uid(mission_text, {}, true), {}, {},
                              abi::encode(std::string("Teach")));
            case Step::Kind::note:
                return attest(step, eas::schema_uid(note_text, {}, step.value >= 0), {}, {},
                              abi::encode(std::string("Well")), step.value >= 0);
            case Step::Kind::appoint:
                return attest(step, Attestations::agent_schema_uid(), someone(step.about), subject,
                              abi::encode(someone(step.about)));
            case Step::Kind::indicate: {
                const uint64_t period{step.about};
                return attest(step, Attestations::indicator_schema_uid(), {}, subject,
                              abi::encode(Indication{subject, indicator, period, period,
                                                     i256::of(step.value)}));
            }
            default: {
                const Model::Record* record = model.newest(step.which);
                const Hash schema = record == nullptr ? Hash{} : schema_of(*record);
                const Hash uid = record == nullptr ? Hash{} : record->uid;
                return world.template send<test::revoke_text>(
                    someone(step.by), at, eas::RevocationRequest{schema, {uid, {}}});
            }
        }
    }

    World world;
    Address at;
    Model model;
};

TEST(AttestationsModel, random_lives_are_as_the_model_says) {
    model::expect_random<AttestationsTrial<Attestations>>({.operations = 6'000, .life = 120});
}
TEST(AttestationsModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<AttestationsTrial<Attestations>>(4, 6);
}

// Planted faults.

/// Who is dismissed goes on speaking.
class KeepsTheDismissed : public Attestations {
public:
    using Attestations::Attestations;

protected:
    void on_revoked(const Hash& uid) override {
        if (get(place(uid).schema()) != agent_schema_uid()) Attestations::on_revoked(uid);
    }
};

/// What is withdrawn goes on counting.
class CountsTheWithdrawn : public Attestations {
public:
    using Attestations::Attestations;

protected:
    void on_revoked(const Hash& uid) override {
        if (get(place(uid).schema()) != indicator_schema_uid()) Attestations::on_revoked(uid);
    }
};

/// A word outlives its mission and its speaker's appointment.
class OutlivesTheMission : public Attestations {
public:
    using Attestations::Attestations;
    bool is_live_alone(Hash uid) const { return stands(uid); }
    static constexpr auto abi =
        Attestations::abi + Methods<Method<"isLive(bytes32 uid) view returns (bool)",
                                           &OutlivesTheMission::is_live_alone>>{};
};

constexpr model::Plan planted{.operations = 10'000, .life = 120};

TEST(AttestationsModel, an_agent_who_cannot_be_dismissed_is_caught) {
    model::expect_caught<AttestationsTrial<KeepsTheDismissed>>(planted, 3);
}
TEST(AttestationsModel, a_withdrawn_word_that_counts_is_caught) {
    model::expect_caught<AttestationsTrial<CountsTheWithdrawn>>(planted, 3);
}
TEST(AttestationsModel, a_word_without_a_mission_is_caught) {
    model::expect_caught<AttestationsTrial<OutlivesTheMission>>(planted, 2);
}

}  // namespace
}  // namespace plume
