using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BufferVector
{
    internal byte* Base;
    internal nuint Length;
}
