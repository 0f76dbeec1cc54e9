namespace Parley.Ciphers.Tests;

/// <summary>Every implementation that this processor can run, as theory data (by name: the type is internal).</summary>
public static class Implementations
{
    public static TheoryData<string> All() => [.. CipherImplementations.Supported().Select(i => i.ToString())];

    internal static CipherImplementation Named(string name) => Enum.Parse<CipherImplementation>(name);
}
