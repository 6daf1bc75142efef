// Loaded before the other libraries under ThreadSanitizer: tells it of the locking that it can't see.
//
// Synchronization.Mutex takes an uncontended lock by an atomic exchange that is compiled into our code, and so is seen.
// A contended one is taken by the kernel (FUTEX_LOCK_PI), called from a library that is not instrumented: without this
// everything behind a lock that was ever waited for counts as a race.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// From the runtime of the sanitizer; absent where the process has none, as in `swift test` itself.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_function)(uint32_t thread, SELF void *handle);
typedef SWIFT bool (*try_lock_function)(SELF void *handle);
typedef SWIFT void (*unlock_function)(SELF void *handle);

SWIFT void mutex_lock(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT bool mutex_try_lock(SELF void *handle) __asm__(TRY_LOCK);
SWIFT void mutex_unlock(SELF void *handle) __asm__(UNLOCK);

static lock_function next_lock;
static try_lock_function next_try_lock;
static unlock_function next_unlock;

// Before any thread: nothing here may take a lock of its own later.
__attribute__((constructor)) static void find(void) {
    next_lock = (lock_function)dlsym(RTLD_NEXT, LOCK);
    next_try_lock = (try_lock_function)dlsym(RTLD_NEXT, TRY_LOCK);
    next_unlock = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void mutex_lock(uint32_t thread, SELF void *handle) {
    next_lock(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool mutex_try_lock(SELF void *handle) {
    bool taken = next_try_lock(handle);
    if (taken && __tsan_acquire) __tsan_acquire(handle);
    return taken;
}

SWIFT void mutex_unlock(SELF void *handle) {
    if (__tsan_release) __tsan_release(handle);
    next_unlock(handle);
}
