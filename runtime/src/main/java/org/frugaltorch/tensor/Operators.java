package org.frugaltorch.tensor;

/** The operators that the families of {@link Tensor} and {@link Functional} call. */
final class Operators {
    static final Operator MUL = Operator.of("aten::mul", "Tensor");
    static final Operator DIV = Operator.of("aten::div", "Tensor");
    static final Operator POW = Operator.of("aten::pow", "Tensor_Tensor");
    static final Operator MAXIMUM = Operator.of("aten::maximum");
    static final Operator MINIMUM = Operator.of("aten::minimum");
    static final Operator MATMUL = Operator.of("aten::matmul");
    static final Operator NEG = Operator.of("aten::neg");
    static final Operator ABS = Operator.of("aten::abs");
    static final Operator EXP = Operator.of("aten::exp");
    static final Operator LOG = Operator.of("aten::log");
    static final Operator SQRT = Operator.of("aten::sqrt");
    static final Operator RSQRT = Operator.of("aten::rsqrt");
    static final Operator SIN = Operator.of("aten::sin");
    static final Operator COS = Operator.of("aten::cos");
    static final Operator TANH = Operator.of("aten::tanh");
    static final Operator SIGMOID = Operator.of("aten::sigmoid");
    static final Operator MUL_IN_PLACE = Operator.of("aten::mul_", "Tensor");
    static final Operator FLOOR_IN_PLACE = Operator.of("aten::floor_");
    static final Operator ROUND_IN_PLACE = Operator.of("aten::round_");
    static final Operator EXP_IN_PLACE = Operator.of("aten::exp_");
    static final Operator COPY_IN_PLACE = Operator.of("aten::copy_");
    static final Operator NORMAL_IN_PLACE = Operator.of("aten::normal_");
    static final Operator UNIFORM_IN_PLACE = Operator.of("aten::uniform_");

    static final Operator EQ = Operator.of("aten::eq", "Tensor");
    static final Operator NE = Operator.of("aten::ne", "Tensor");
    static final Operator LT = Operator.of("aten::lt", "Tensor");
    static final Operator LE = Operator.of("aten::le", "Tensor");
    static final Operator GT = Operator.of("aten::gt", "Tensor");
    static final Operator GE = Operator.of("aten::ge", "Tensor");
    static final Operator LOGICAL_NOT = Operator.of("aten::logical_not");
    static final Operator LOGICAL_AND = Operator.of("aten::logical_and");
    static final Operator LOGICAL_OR = Operator.of("aten::logical_or");
    static final Operator IS_FINITE = Operator.of("aten::isfinite");
    static final Operator ALL = Operator.of("aten::all");
    static final Operator ANY = Operator.of("aten::any");
    static final Operator WHERE = Operator.of("aten::where", "self");
    static final Operator MASKED_FILL = Operator.of("aten::masked_fill", "Tensor");

    static final Operator SUM = Operator.of("aten::sum");
    static final Operator SUM_DIMENSIONS = Operator.of("aten::sum", "dim_IntList");
    static final Operator MEAN = Operator.of("aten::mean");
    static final Operator MEAN_DIMENSIONS = Operator.of("aten::mean", "dim");
    static final Operator AMAX = Operator.of("aten::amax");
    static final Operator AMIN = Operator.of("aten::amin");
    static final Operator AMINMAX = Operator.of("aten::aminmax");
    static final Operator ARGMAX = Operator.of("aten::argmax");
    static final Operator MATRIX_NORM = Operator.of("aten::linalg_matrix_norm", "str_ord");
    static final Operator CUMSUM = Operator.of("aten::cumsum");
    static final Operator TOPK = Operator.of("aten::topk");
    static final Operator SORT = Operator.of("aten::sort");

    static final Operator VIEW = Operator.of("aten::view");
    static final Operator VIEW_DTYPE = Operator.of("aten::view", "dtype");
    static final Operator RESHAPE = Operator.of("aten::reshape");
    static final Operator TRANSPOSE = Operator.of("aten::transpose", "int");
    static final Operator PERMUTE = Operator.of("aten::permute");
    static final Operator UNSQUEEZE = Operator.of("aten::unsqueeze");
    static final Operator SQUEEZE = Operator.of("aten::squeeze", "dim");
    static final Operator EXPAND = Operator.of("aten::expand");
    static final Operator CONTIGUOUS = Operator.of("aten::contiguous");
    static final Operator SELECT = Operator.of("aten::select", "int");
    static final Operator SPLIT_SIZES = Operator.of("aten::split_with_sizes");
    static final Operator DETACH = Operator.of("aten::detach");
    static final Operator CLONE = Operator.of("aten::clone");
    static final Operator TO_DTYPE = Operator.of("aten::to", "dtype");
    static final Operator TO_DEVICE = Operator.of("aten::to", "device");

    static final Operator INDEX_SELECT = Operator.of("aten::index_select");
    static final Operator GATHER = Operator.of("aten::gather");
    static final Operator SCATTER = Operator.of("aten::scatter", "src");
    static final Operator SCATTER_ADD_IN_PLACE = Operator.of("aten::scatter_add_");
    static final Operator MASKED_SELECT = Operator.of("aten::masked_select");
    static final Operator TRIL = Operator.of("aten::tril");
    static final Operator TRIU = Operator.of("aten::triu");

    static final Operator CAT = Operator.of("aten::cat");
    static final Operator STACK = Operator.of("aten::stack");
    static final Operator ONES = Operator.of("aten::ones");
    static final Operator RAND = Operator.of("aten::rand");
    static final Operator RANDN = Operator.of("aten::randn");
    static final Operator ZEROS_LIKE = Operator.of("aten::zeros_like");
    static final Operator EMPTY_LIKE = Operator.of("aten::empty_like");

    static final Operator LINEAR = Operator.of("aten::linear");
    static final Operator EMBEDDING = Operator.of("aten::embedding");
    static final Operator LAYER_NORM = Operator.of("aten::layer_norm");
    static final Operator RMS_NORM = Operator.of("aten::rms_norm");
    static final Operator GELU = Operator.of("aten::gelu");
    static final Operator SILU = Operator.of("aten::silu");
    static final Operator RELU = Operator.of("aten::relu");
    static final Operator NATIVE_DROPOUT = Operator.of("aten::native_dropout");
    static final Operator SOFTMAX = Operator.of("aten::softmax", "int");
    static final Operator LOG_SOFTMAX = Operator.of("aten::log_softmax", "int");
    static final Operator LOG_SOFTMAX_INTO = Operator.of("aten::_log_softmax", "out");
    static final Operator ATTENTION = Operator.of("aten::scaled_dot_product_attention");
    static final Operator CPU_ATTENTION = Operator.of("aten::_scaled_dot_product_flash_attention_for_cpu");
    static final Operator CPU_ATTENTION_BACKWARD =
            Operator.of("aten::_scaled_dot_product_flash_attention_for_cpu_backward");
    static final Operator CROSS_ENTROPY = Operator.of("aten::cross_entropy_loss");
    static final Operator MSE = Operator.of("aten::mse_loss");

    private Operators() {}
}
