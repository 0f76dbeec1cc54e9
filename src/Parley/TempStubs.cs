#pragma warning disable
//temp
using System.Net; using Microsoft.Extensions.Logging; using Parley.Net;
namespace Parley.Sctp { public sealed class SctpOptions { public ushort RemotePort; public long MaxMessageSize, RemoteMaxMessageSize; } public sealed class SctpAssociation(SctpOptions o, RandomSource r, ILogger l) : IDisposable { public Instant? Deadline; public void Advance(Instant n){} public void Abort(string r, Instant n){} public void Dispose(){} } public sealed class DataChannelSession(SctpAssociation a, ILogger l) {} }
namespace Parley { internal sealed partial class TransportStack { } 
}
