#include "base/thread.hpp"

#include "base/result.hpp"

namespace plume {

namespace {

void* run(void* body) {
    (*static_cast<std::function<void()>*>(body))();
    return nullptr;
}

}  // namespace

Thread::Thread(const std::string& name, std::function<void()> body) : body_(std::move(body)) {
    pthread_attr_t attributes;
    check(pthread_attr_init(&attributes) == 0, "thread attributes can be made");
    check(pthread_attr_setstacksize(&attributes, contract_stack_size) == 0,
          "the system allows stacks of 16 MiB");
    check(pthread_create(&handle_, &attributes, run, &body_) == 0,
          "the system has room for a thread");
    pthread_attr_destroy(&attributes);
    pthread_setname_np(handle_, name.substr(0, 15).c_str());
}

Thread::~Thread() {
    pthread_join(handle_, nullptr);
}

}  // namespace plume
