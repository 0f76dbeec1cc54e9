using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>
/// The Linux system calls and constants that carry datagrams in batches and wait for them: sendmmsg(2), recvmsg(2), epoll(7), udp(7),
/// ip(7), ipv6(7).
/// </summary>
internal static unsafe partial class Libc
{
    internal const int MsgPeek = 0x02;
    internal const int MsgDontWait = 0x40;
    internal const int MsgTruncated = 0x20;

    internal const int SolSocket = 1;
    internal const int ReusePort = 15;

    /// <summary>SO_TIMESTAMPNS of socket(7), as 64-bit systems have it; its control message bears the same number.</summary>
    internal const int TimestampNanoseconds = 35;

    internal const int SolIp = 0;
    internal const int IpTos = 1;
    internal const int IpMtuDiscover = 10;
    internal const int IpRecvTos = 13;

    internal const int SolIpv6 = 41;
    internal const int Ipv6MtuDiscover = 23;
    internal const int Ipv6RecvTrafficClass = 66;
    internal const int Ipv6TrafficClass = 67;

    internal const int PathMtuProbe = 3;

    internal const int SolUdp = 17;
    internal const int UdpSegment = 103;
    internal const int UdpGro = 104;

    internal const int EpollCloseOnExec = 0x80000;
    internal const int EpollAdd = 1;
    internal const int EpollModify = 3;
    internal const uint EpollIn = 0x001;
    internal const uint EpollOneShot = 1u << 30;

    internal const int Interrupted = 4;
    internal const int InputOutputError = 5;
    internal const int TryAgain = 11;
    internal const int InvalidArgument = 22;
    internal const int MessageTooLong = 90;
    internal const int NoBufferSpace = 105;
    internal const int ConnectionRefused = 111;

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMessages(SafeSocketHandle socket, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, SafeSocketHandle socket, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, byte* entries, int capacity, int milliseconds);
}
