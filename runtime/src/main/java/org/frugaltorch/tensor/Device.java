package org.frugaltorch.tensor;

/**
 * Where a tensor's memory lies.
 *
 * @param type libtorch's {@code c10::DeviceType}: {@link #CPU_TYPE} or {@link #CUDA_TYPE}
 * @param index which device of that type; -1 for the current one (and for the CPU)
 */
public record Device(int type, int index) {
    /** libtorch's number of the CPU. */
    public static final int CPU_TYPE = 0;
    /** libtorch's number of CUDA devices. */
    public static final int CUDA_TYPE = 1;

    /** The CPU. */
    public static final Device CPU = new Device(CPU_TYPE, -1);

    /** CUDA device {@code index}. */
    public static Device cuda(int index) {
        return new Device(CUDA_TYPE, index);
    }

    /** Parses {@code cpu}, {@code cuda} or {@code cuda:1}. */
    public static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        if (text.equals("cuda")) {
            return cuda(0);
        }
        if (text.matches("cuda:\\d{1,3}")) {
            return cuda(Integer.parseInt(text.substring(5)));
        }
        throw new IllegalArgumentException("Unknown device '" + text + "': use cpu, cuda or cuda:N");
    }

    /** Whether this is the CPU. */
    public boolean isCpu() {
        return type == CPU_TYPE;
    }

    @Override
    public String toString() {
        return isCpu() ? "cpu" : type == CUDA_TYPE ? "cuda:" + index : "device" + type + ":" + index;
    }
}
