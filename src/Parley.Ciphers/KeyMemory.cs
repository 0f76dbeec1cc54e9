using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>Memory for expanded keys: the garbage collector never moves (and so never copies) it, and it is wiped on dispose.</summary>
internal sealed unsafe class KeyMemory : IDisposable
{
    private const int Alignment = 64;
    private readonly byte[] _bytes;

    public KeyMemory(int length)
    {
        _bytes = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _bytes[0]);
        Pointer = (byte*)((start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The first byte, aligned to 64; valid as long as this object is alive.</summary>
    public byte* Pointer { get; }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
