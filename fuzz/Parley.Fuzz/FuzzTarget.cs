namespace Parley.Fuzz;

/// <summary>Something that is given bytes of a peer's and must neither throw, nor hang, nor take memory without a bound.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line, and of its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>The most that one input may allocate, in bytes.</summary>
    public virtual long MostAllocated => 64L * 1024 * 1024;

    /// <summary>The longest input that is made.</summary>
    public virtual int LongestInput => 4096;

    /// <summary>Inputs to begin with: what real peers send. Written into the corpus by <c>seeds</c>.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Runs one input; whatever it throws is a finding.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);
}
