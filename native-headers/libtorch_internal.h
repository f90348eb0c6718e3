/*
 * The few C++ symbols that FrugalTorch uses beside the C ABI, by their linker names. Every one of them is exported by
 * libtorch, takes and returns plain words, and does not throw for the arguments we pass: a C++ exception must never
 * reach a Java frame. Offsets and layouts that they imply are checked by self-tests when the library starts.
 */
#ifndef FRUGALTORCH_LIBTORCH_INTERNAL_H
#define FRUGALTORCH_LIBTORCH_INTERNAL_H

typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned long long uint64_t;

/* c10::TensorImpl::mutable_grad(): the address of the gradient's tensor, borrowed. */
uint64_t TensorImpl_mutableGrad(uint64_t tensorImpl) __asm__("_ZN3c1010TensorImpl12mutable_gradEv");
/* c10::TensorImpl::requires_grad() const */
uint8_t TensorImpl_requiresGrad(uint64_t tensorImpl) __asm__("_ZNK3c1010TensorImpl13requires_gradEv");

/*
 * torch::autograd::impl::set_post_acc_grad_hooks(const at::TensorBase&, std::unique_ptr<PostAccumulateGradHook>), of a
 * tensor's handle: what the backward pass calls when it has added to a leaf's gradient. The owning pointer is passed by
 * address and moved from; a null one takes the hook off. The object is one word, the address of its virtual functions:
 * two destructors, the call with the leaf's handle, and two for graphs that are compiled, which ours never are.
 */
void Tensor_setGradientHook(uint64_t tensor, uint64_t *owner)
    __asm__("_ZN5torch8autograd4impl23set_post_acc_grad_hooksERKN2at10TensorBaseESt10unique_ptrINS0_22PostAccumulateGradHookESt14default_deleteIS7_EE");
typedef void (*GradientHook_destroy)(uint64_t self);
typedef void (*GradientHook_call)(uint64_t self, uint64_t tensor);

/* c10::TensorImpl::autograd_meta() const: the address of what autograd keeps about a tensor, 0 when there is nothing. */
uint64_t TensorImpl_autogradMeta(uint64_t tensorImpl) __asm__("_ZNK3c1010TensorImpl13autograd_metaEv");

/* at::native::is_neg(const Tensor&), and whether a tensor stands for zeros without having memory; of handles. */
uint8_t Tensor_isNegated(uint64_t tensor) __asm__("_ZN2at6native6is_negERKNS_6TensorE");
uint8_t Tensor_isZeroWithoutMemory(uint64_t tensor) __asm__("_ZN2at6native14_is_zerotensorERKNS_6TensorE");

/* c10::ThreadLocalDebugInfo::_push(DebugInfoKind, std::shared_ptr<DebugInfoBase>): the pair is passed by address. */
void ThreadLocalDebugInfo_push(uint64_t kind, uint64_t *sharedPointer)
    __asm__("_ZN3c1020ThreadLocalDebugInfo5_pushENS_13DebugInfoKindESt10shared_ptrINS_13DebugInfoBaseEE");
/* c10::ThreadLocalDebugInfo::_pop(DebugInfoKind): the removed pair is written to the first argument. */
void ThreadLocalDebugInfo_pop(uint64_t *sharedPointer, uint64_t kind)
    __asm__("_ZN3c1020ThreadLocalDebugInfo4_popENS_13DebugInfoKindE");
/* c10::DebugInfoKind::PROFILER_STATE: a stored value since 2.13, the constant 2 before. */
extern const uint64_t DebugInfoKind_profilerState __asm__("_ZN3c1013DebugInfoKind14PROFILER_STATEE");

/*
 * The virtual functions of c10::MemoryReportingInfoBase, which an object pushed as PROFILER_STATE must have. The device
 * is two bytes in one word: type in the low byte, index in the high one.
 */
typedef void (*MemoryReporter_destroy)(uint64_t self);
typedef void (*MemoryReporter_report)(uint64_t self, uint64_t pointer, int64_t bytes, uint64_t totalAllocated,
                                      uint64_t totalReserved, int16_t device);
typedef void (*MemoryReporter_outOfMemory)(uint64_t self, int64_t bytes, uint64_t totalAllocated,
                                           uint64_t totalReserved, int16_t device);
typedef uint8_t (*MemoryReporter_isEnabled)(uint64_t self);

/* c10::impl::tls_set_dispatch_key_excluded(DispatchKey, bool) and its question. */
void DispatchKey_setExcluded(int16_t key, uint8_t excluded)
    __asm__("_ZN3c104impl29tls_set_dispatch_key_excludedENS_11DispatchKeyEb");
uint8_t DispatchKey_isExcluded(int16_t key) __asm__("_ZN3c104impl28tls_is_dispatch_key_excludedENS_11DispatchKeyE");
/* c10::toString(DispatchKey): a static string. */
const char *DispatchKey_name(int16_t key) __asm__("_ZN3c108toStringENS_11DispatchKeyE");

/* at::set_num_threads(int); the count must be positive. */
void Parallel_setThreadCount(int32_t count) __asm__("_ZN2at15set_num_threadsEi");
/* at::detail::getDefaultCPUGenerator(): the address of the generator, whose first word points to its state. */
uint64_t Generator_defaultCpu(void) __asm__("_ZN2at6detail22getDefaultCPUGeneratorEv");
/* at::CPUGeneratorImpl::set_current_seed(uint64_t) and current_seed() const */
void CpuGenerator_setSeed(uint64_t generatorImpl, uint64_t seed) __asm__("_ZN2at16CPUGeneratorImpl16set_current_seedEm");
uint64_t CpuGenerator_seed(uint64_t generatorImpl) __asm__("_ZNK2at16CPUGeneratorImpl12current_seedEv");
/*
 * at::Generator::get_state() const, of any generator by its address: a new tensor's TensorImpl*, owned, is written to the
 * first argument, which is thereby what a tensor handle points to. set_state(const Tensor&) takes such a handle, and
 * throws unless given what get_state of the same kind of generator gave.
 */
void Generator_state(uint64_t *tensor, uint64_t generator) __asm__("_ZNK2at9Generator9get_stateEv");
void Generator_setState(uint64_t generator, uint64_t tensor) __asm__("_ZN2at9Generator9set_stateERKNS_6TensorE");

/* torch::cuda::device_count(): 0 without CUDA. And torch::cuda::manual_seed_all(uint64_t). */
uint8_t Cuda_deviceCount(void) __asm__("_ZN5torch4cuda12device_countEv");
void Cuda_seedAll(uint64_t seed) __asm__("_ZN5torch4cuda15manual_seed_allEm");
/* at::cuda::detail::getDefaultCUDAGenerator(signed char): the address of a device's generator. */
uint64_t Generator_defaultCuda(int8_t device) __asm__("_ZN2at4cuda6detail23getDefaultCUDAGeneratorEa");

/* at::globalContext() */
uint64_t Context_global(void) __asm__("_ZN2at13globalContextEv");
/* at::Context::setFloat32MatmulPrecision(const std::string&): throws unless "highest", "high" or "medium". */
void Context_setFloat32MatmulPrecision(uint64_t context, uint64_t string)
    __asm__("_ZN2at7Context25setFloat32MatmulPrecisionERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");

/* The C heap, which libtorch before 2.13 expects optional arguments to come from. */
void *malloc(unsigned long bytes);
void free(void *block);

#endif
