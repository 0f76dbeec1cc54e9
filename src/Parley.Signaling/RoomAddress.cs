namespace Parley.Signaling;

/// <summary>The address of a room's WebSocket, made of the server's address.</summary>
internal static class RoomAddress
{
    /// <summary>
    /// The server's path as a prefix, <c>rooms/{room}</c>, the server's query, and this client's own parameters, which win.
    /// </summary>
    public static Uri Of(Uri server, string room, string? name, string session)
    {
        string scheme = server.Scheme is "https" or "wss" ? "wss" : "ws";
        string prefix = server.AbsolutePath.TrimEnd('/');
        IEnumerable<string> kept = server.Query.TrimStart('?').Split('&').Where(part =>
            part.Length > 0 && part.Split('=')[0] is not ("name" or "session"));
        IEnumerable<string> own = string.IsNullOrEmpty(name) ? [] : ["name=" + Uri.EscapeDataString(name)];
        string query = string.Join('&', [.. kept, .. own, "session=" + session]);
        return new Uri($"{scheme}://{server.Authority}{prefix}/rooms/{Uri.EscapeDataString(room)}?{query}");
    }

    /// <summary>The address without what may be secret: user information, query and fragment.</summary>
    public static string Printable(Uri server) => $"{server.Scheme}://{server.Authority}{server.AbsolutePath}";
}
