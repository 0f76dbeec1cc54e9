using System.Net;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>
/// Refuses options that would only fail later, or never match: when the server starts, with a sentence that names the value.
/// </summary>
internal sealed class SignalingOptionsValidator : IValidateOptions<SignalingOptions>
{
    public ValidateOptionsResult Validate(string? name, SignalingOptions options) =>
        ErrorOf(options) is { } error ? ValidateOptionsResult.Fail(error) : ValidateOptionsResult.Success;

    /// <summary>What is wrong, or null.</summary>
    public static string? ErrorOf(SignalingOptions options)
    {
        foreach ((string bound, bool isValid) in (ReadOnlySpan<(string, bool)>)[
            (nameof(options.RoomCapacity), options.RoomCapacity >= 1),
            (nameof(options.MaxRooms), options.MaxRooms >= 1),
            (nameof(options.MaxMessageBytes), options.MaxMessageBytes is >= 1 and < int.MaxValue),
            (nameof(options.MessageBurst), options.MessageBurst >= 1),
            (nameof(options.MessagesPerSecond), options.MessagesPerSecond >= 1),
            (nameof(options.OutgoingMessages), options.OutgoingMessages >= 1),
            (nameof(options.OutgoingBytes), options.OutgoingBytes >= 1),
            (nameof(options.TotalOutgoingBytes), options.TotalOutgoingBytes >= 1),
            (nameof(options.ConnectionsPerAddress), options.ConnectionsPerAddress >= 0),
            (nameof(options.JoinsPerMinutePerAddress), options.JoinsPerMinutePerAddress >= 0),
            (nameof(options.ResumeGrace), options.ResumeGrace >= TimeSpan.Zero && options.ResumeGrace <= TimeSpan.FromDays(1)),
            (nameof(options.WriteTimeout), options.WriteTimeout > TimeSpan.Zero && options.WriteTimeout <= TimeSpan.FromDays(1))])
        {
            if (!isValid)
            {
                return $"{nameof(SignalingOptions)}.{bound} is out of its range.";
            }
        }

        return options.AllowedOrigins.Select(ErrorOfOrigin)
            .Concat(options.AllowedHosts.Select(ErrorOfHost))
            .Concat(options.TrustedProxies.Select(ErrorOfProxy))
            .Concat(options.IceServers.Select(ErrorOfIceServer))
            .FirstOrDefault(static error => error is not null);
    }

    private static string? ErrorOfOrigin(string origin)
    {
        // As a browser writes it, since it is compared so: without a path, and without the port that is the scheme's own.
        bool isValid = origin is "*" or "null" or "file://"
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0
                && string.Equals(origin, OriginOf(uri), StringComparison.OrdinalIgnoreCase));
        return isValid
            ? null
            : $"'{origin}' is not an origin, such as https://name or https://name:8443: scheme, host, and a port only if it is unusual.";
    }

    private static string OriginOf(Uri uri)
    {
        string host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
    }

    private static string? ErrorOfHost(string host) => host == "*" || Uri.CheckHostName(host) != UriHostNameType.Unknown
        ? null
        : $"'{host}' is not the name of a host.";

    private static string? ErrorOfProxy(string proxy) => IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _)
        ? null
        : $"'{proxy}' is neither an IP address nor a network such as 10.0.0.0/8.";

    private static string? ErrorOfIceServer(IceServerOptions server)
    {
        try
        {
            new IceServer(server.Urls ?? []) { Username = server.Username, Credential = server.Credential }.Validate();
            return null;
        }
        catch (RtcException exception)
        {
            return exception.Message;
        }
    }
}
