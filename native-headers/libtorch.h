/*
 * The part of libtorch's stable C ABI that FrugalTorch calls, declared in plain C.
 *
 * libtorch ships this ABI as C++ headers; these are our own declarations of the same symbols, without includes, so that
 * jextract needs neither a C++ parser nor libtorch's source. Conventions:
 *
 *  - Functions that return int32_t return 0 on success; everything else is a failure of the calling thread.
 *  - Handles (tensor, list, string, stack slot) are pointers that the caller never looks into; they are declared as
 *    uint64_t so that Java carries them as a plain long.
 *  - "gives" means that a new handle is written to the last argument and the caller must release it.
 */
#ifndef FRUGALTORCH_LIBTORCH_H
#define FRUGALTORCH_LIBTORCH_H

typedef signed char int8_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

/* ---- version and errors ------------------------------------------------------------------------------------- */

/* Version of this libtorch: major in the top byte, then minor, then patch. */
uint64_t aoti_torch_abi_version(void);
/* Message of the calling thread's last failure; borrowed, overwritten by the next. Since 2.13. */
const char *torch_exception_get_what_without_backtrace(void);
/* Threads that operators may use on the CPU. */
int32_t torch_get_num_threads(uint32_t *count);

/* ---- operators by name -------------------------------------------------------------------------------------- */

/* Runs an operator. Slots of the stack hold the arguments in schema order and then the results. Steals the handles. */
int32_t torch_call_dispatcher(const char *name, const char *overload, uint64_t *stack, uint64_t abiVersion);

/* Lists as operator arguments and results. */
int32_t torch_new_list_reserve_size(uint64_t capacity, uint64_t *list);
int32_t torch_list_push_back(uint64_t list, uint64_t slot);
int32_t torch_list_size(uint64_t list, uint64_t *size);
int32_t torch_list_get_item(uint64_t list, uint64_t index, uint64_t *slot);
int32_t torch_delete_list(uint64_t list);

/* A heap slot that holds an optional argument's value. Since 2.13. */
int32_t torch_new_stable_ivalue(uint64_t *slot);
int32_t torch_delete_stable_ivalue(uint64_t slot);

/* Strings as operator arguments; the handle is a pointer to a std::string. */
int32_t torch_new_string_handle(const char *data, uint64_t length, uint64_t *string);
int32_t torch_delete_string(uint64_t string);

/* ---- operators with an entry of their own ---------------------------------------------------------------------- */

/* self - alpha * other; differentiable. */
int32_t aoti_torch_aten_subtract_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result);
/* self + alpha * other and self * other on the CPU, below autograd: only where no gradient is wanted. */
int32_t aoti_torch_cpu_add_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result);
int32_t aoti_torch_cpu_mul_Tensor(uint64_t self, uint64_t other, uint64_t *result);
/* out = beta * self + alpha * first x second, of matrices; out may be self. Not differentiable. */
int32_t aoti_torch_addmm_out(uint64_t out, uint64_t self, uint64_t first, uint64_t second, float beta, float alpha);
/* Fills self in place. */
int32_t aoti_torch_aten_fill__Scalar(uint64_t self, double value);
/* A new tensor full of one value; the type, layout, device and pinning pointers may be null for the defaults. */
int32_t aoti_torch_aten_full(const int64_t *sizes, int64_t rank, double value, int32_t *dtype, int32_t *layout,
                             int32_t *deviceType, int32_t deviceIndex, int32_t *pinned, uint64_t *result);
/* Elements start .. start + length - 1 of a dimension, as a view; differentiable. */
int32_t aoti_torch_aten_narrow(uint64_t self, int64_t dimension, int64_t start, int64_t length, uint64_t *result);

/* Zero-dimensional tensors from numbers. */
int32_t aoti_torch_scalar_to_tensor_float32(float value, uint64_t *result);
int32_t aoti_torch_scalar_to_tensor_float64(double value, uint64_t *result);
int32_t aoti_torch_scalar_to_tensor_int64(int64_t value, uint64_t *result);

/* ---- tensors ---------------------------------------------------------------------------------------------------- */

/* Gives another handle of the same tensor. */
int32_t aoti_torch_new_tensor_handle(uint64_t tensor, uint64_t *result);
int32_t aoti_torch_delete_tensor_object(uint64_t tensor);
int32_t aoti_torch_is_defined(uint64_t tensor, uint8_t *defined);
/* Gives a handle of the undefined tensor, the one that stands for "none". */
int32_t aoti_torch_new_uninitialized_tensor(uint64_t *result);
/* Lets target refer to the same tensor as source. */
int32_t aoti_torch_assign_tensors(uint64_t source, uint64_t target);

int32_t aoti_torch_empty_strided(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t dtype,
                                 int32_t deviceType, int32_t deviceIndex, uint64_t *result);
/* A tensor over memory that the caller keeps alive. */
int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides,
                                           int64_t storageOffset, int32_t dtype, int32_t deviceType,
                                           int32_t deviceIndex, uint64_t *result);
/* The same with a callback that runs when the last handle is gone. Since 2.11. */
int32_t torch_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset,
                        int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result, int32_t layout,
                        const uint8_t *metadata, int64_t metadataSize, void (*deleter)(void *data, void *context),
                        void *deleterContext);

int32_t aoti_torch_get_data_ptr(uint64_t tensor, void **data);
int32_t aoti_torch_get_dim(uint64_t tensor, int64_t *rank);
int32_t aoti_torch_get_numel(uint64_t tensor, int64_t *count);
/* Borrowed arrays of rank numbers. */
int32_t aoti_torch_get_sizes(uint64_t tensor, int64_t **sizes);
int32_t aoti_torch_get_strides(uint64_t tensor, int64_t **strides);
int32_t aoti_torch_get_size(uint64_t tensor, int64_t dimension, int64_t *size);
int32_t aoti_torch_get_dtype(uint64_t tensor, int32_t *dtype);
int32_t aoti_torch_get_layout(uint64_t tensor, int32_t *layout);
int32_t aoti_torch_get_device_type(uint64_t tensor, int32_t *deviceType);
int32_t aoti_torch_get_device_index(uint64_t tensor, int32_t *deviceIndex);
int32_t aoti_torch_get_storage_offset(uint64_t tensor, int64_t *offset);
/* Bytes of the storage behind a tensor, shared with its views. */
int32_t aoti_torch_get_storage_size(uint64_t tensor, int64_t *bytes);
int32_t aoti_torch_is_contiguous(uint64_t tensor, uint8_t *contiguous);

/* ---- autograd --------------------------------------------------------------------------------------------------- */

int32_t torch_set_requires_grad(uint64_t tensor, uint8_t required);
/* Whether operators of the calling thread record a graph. */
uint8_t aoti_torch_grad_mode_is_enabled(void);
void aoti_torch_grad_mode_set_enabled(uint8_t enabled);

/* ---- kernels written in Java -------------------------------------------------------------------------------------- */

int32_t aoti_torch_library_init_impl(const char *nameSpace, const char *dispatchKey, const char *file, uint32_t line,
                                     uint64_t *library);
int32_t torch_library_impl(uint64_t library, const char *name,
                           void (*kernel)(uint64_t *stack, uint64_t argumentCount, uint64_t resultCount),
                           uint64_t abiVersion);
int32_t aoti_torch_delete_library_object(uint64_t library);

#endif
