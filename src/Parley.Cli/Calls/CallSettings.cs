using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Cli.Calls;

/// <summary>What all connections of a command have in common.</summary>
internal sealed record CallSettings(
    PeerConnectionConfiguration Configuration, Platform Platform, ILoggerFactory LoggerFactory, CallClock Clock);
